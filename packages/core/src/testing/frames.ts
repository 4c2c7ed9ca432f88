import {
  ArpOperation,
  BROADCAST,
  encodeArp,
  encodeEthernet,
  encodeIcmp,
  encodeIcmpv6,
  encodeIpv4,
  encodeIpv6,
  encodeTcp,
  encodeUdp,
  EtherType,
  IcmpType,
  Icmpv6Type,
  IpProtocol,
  type Ipv6Extension,
  TcpFlag,
  type VlanTag,
} from "../packet/index.ts";
import { hex } from "./bytes.ts";

export const ipv4 = { source: "192.0.2.1", destination: "192.0.2.2" };
export const ipv6 = { source: "2001:db8::1", destination: "2001:db8::2" };

const text = new Uint8Array(300).fill(0x61);
const ports = { sourcePort: 40_000, destinationPort: 7777 };
const syn = encodeTcp(
  {
    ...ports,
    flags: TcpFlag.SYN,
    sequenceNumber: 0xffff_fff0,
    options: [
      { kind: "mss", mss: 1460 },
      { kind: "sack-permitted" },
      { kind: "timestamps", value: 1, echoReply: 0 },
      { kind: "no-operation" },
      { kind: "window-scale", shift: 7 },
    ],
  },
  hex(""),
  ipv4,
);
const push = (addresses: typeof ipv4) =>
  encodeTcp({ ...ports, flags: TcpFlag.PSH | TcpFlag.ACK, acknowledgmentNumber: 7 }, text, addresses);
const dropped = encodeIpv4({ ...ipv4, protocol: IpProtocol.TCP }, push(ipv4)).subarray(0, 28);
const extensionHeaders: Ipv6Extension[] = [
  { kind: "hop-by-hop", data: hex("05 02 00 00 01 00") },
  { kind: "routing", routingType: 2, segmentsLeft: 0, data: new Uint8Array(20) },
  { kind: "fragment", fragmentOffset: 0, moreFragments: false, identification: 9 },
  { kind: "destination-options", data: hex("01 04 00 00 00 00") },
];

/** A frame of every kind that is decoded, none of them padded. */
export const frames: Record<string, Uint8Array> = {
  "a SYN": overIpv4(IpProtocol.TCP, syn),
  "TCP data": overIpv4(IpProtocol.TCP, push(ipv4)),
  "TCP data in a VLAN": overIpv4(IpProtocol.TCP, push(ipv4), [
    { tpid: EtherType.VLAN, priority: 3, dropEligible: false, vlanId: 100 },
  ]),
  UDP: overIpv4(IpProtocol.UDP, encodeUdp(ports, text, ipv4)),
  "a ping": overIpv4(
    IpProtocol.ICMP,
    encodeIcmp(
      { type: IcmpType.ECHO_REQUEST, body: { kind: "echo", identifier: 7, sequenceNumber: 8 } },
      hex("61 62 63"),
    ),
  ),
  "fragmentation needed": overIpv4(
    IpProtocol.ICMP,
    encodeIcmp(
      { type: IcmpType.UNREACHABLE, code: 4, body: { kind: "fragmentation-needed", nextHopMtu: 1400 } },
      dropped,
    ),
  ),
  "time exceeded": overIpv4(
    IpProtocol.ICMP,
    encodeIcmp({ type: IcmpType.TIME_EXCEEDED, body: { kind: "time-exceeded" } }, dropped),
  ),
  "IPv4 options": ethernet(
    EtherType.IPV4,
    encodeIpv4({ ...ipv4, protocol: 253, options: [{ type: 148, data: hex("00 00") }] }, text),
  ),
  "a first fragment": ethernet(
    EtherType.IPV4,
    encodeIpv4(
      { ...ipv4, protocol: IpProtocol.UDP, moreFragments: true },
      encodeUdp(ports, text, ipv4).subarray(0, 160),
    ),
  ),
  "a last fragment": ethernet(
    EtherType.IPV4,
    encodeIpv4(
      { ...ipv4, protocol: IpProtocol.UDP, fragmentOffset: 160 },
      encodeUdp(ports, text, ipv4).subarray(160),
    ),
  ),
  ARP: ethernet(
    EtherType.ARP,
    encodeArp({
      operation: ArpOperation.REQUEST,
      senderHardwareAddress: "02:00:5e:10:00:01",
      senderProtocolAddress: ipv4.source,
      targetProtocolAddress: ipv4.destination,
    }),
  ),
  "TCP over IPv6": overIpv6(IpProtocol.TCP, push(ipv6)),
  "UDP behind four extension headers": overIpv6(
    IpProtocol.UDP,
    encodeUdp(ports, text, ipv6),
    extensionHeaders,
  ),
  "an IPv6 ping": overIpv6(
    IpProtocol.ICMPV6,
    encodeIcmpv6(
      { type: Icmpv6Type.ECHO_REPLY, body: { kind: "echo", identifier: 7, sequenceNumber: 8 } },
      hex("61 62 63"),
      ipv6,
    ),
  ),
  "packet too big": overIpv6(
    IpProtocol.ICMPV6,
    encodeIcmpv6(
      { type: Icmpv6Type.PACKET_TOO_BIG, body: { kind: "packet-too-big", mtu: 1280 } },
      encodeIpv6({ ...ipv6, protocol: IpProtocol.TCP }, push(ipv6)).subarray(0, 100),
      ipv6,
    ),
  ),
};

function ethernet(etherType: number, payload: Uint8Array, tags: readonly VlanTag[] = []): Uint8Array {
  return encodeEthernet({ destination: BROADCAST, source: "02:00:5e:10:00:01", tags, etherType }, payload);
}

function overIpv4(protocol: number, payload: Uint8Array, tags?: readonly VlanTag[]): Uint8Array {
  return ethernet(EtherType.IPV4, encodeIpv4({ ...ipv4, protocol }, payload), tags);
}

function overIpv6(
  protocol: number,
  payload: Uint8Array,
  extensionHeaders: readonly Ipv6Extension[] = [],
): Uint8Array {
  return ethernet(EtherType.IPV6, encodeIpv6({ ...ipv6, protocol, extensionHeaders }, payload));
}
