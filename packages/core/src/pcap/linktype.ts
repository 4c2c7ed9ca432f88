/**
 * What the first byte of each packet in a capture belongs to: the values that packets on this course come with. The
 * registry has some two hundred more (draft-ietf-opsawg-pcaplinktype; https://www.tcpdump.org/linktypes.html); any number
 * from 0 to 65535 is written and read.
 */
export const LINKTYPE = {
  /** BSD loopback: a 4-byte address family in the byte order of the host that captured, then the IP packet. */
  NULL: 0,
  /** An Ethernet frame from its destination address on; `EN10MB` in tcpdump's words. */
  ETHERNET: 1,
  /** An IPv4 or IPv6 packet without anything in front. */
  RAW: 101,
  /** OpenBSD loopback: as `NULL`, the address family in network byte order. */
  LOOP: 108,
  /** Linux "cooked" capture, a 16-byte header: what `tcpdump -i any` wrote before `LINUX_SLL2`. */
  LINUX_SLL: 113,
  /** Linux "cooked" capture v2, a 20-byte header that also names the interface. */
  LINUX_SLL2: 276,
} as const;
