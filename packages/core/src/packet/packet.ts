import type { ArpHeader } from "./arp.ts";
import type { EthernetHeader } from "./ethernet.ts";
import type { IcmpHeader } from "./icmp.ts";
import type { Icmpv6Header } from "./icmpv6.ts";
import type { Ipv4Header } from "./ipv4.ts";
import type { Ipv6Header } from "./ipv6.ts";
import type { TcpHeader } from "./tcp.ts";
import type { UdpHeader } from "./udp.ts";

/** A frame, peeled: `kind` says how far that went, and so which headers there are. */
export type Packet =
  | Layers<"tcp", IpHeader, TcpHeader>
  | Layers<"udp", IpHeader, UdpHeader>
  | Layers<"icmp", Ipv4Header, IcmpHeader>
  | Layers<"icmpv6", Ipv6Header, Icmpv6Header>
  /** A fragment that is not its datagram's first: the transport header was in that one. */
  | Layers<"fragment", IpHeader, undefined>
  /** A protocol not decoded here; none at all, too. */
  | Layers<"ip", IpHeader, undefined>
  | Layers<"arp", ArpHeader, undefined>
  /** An EtherType not decoded here, or an IEEE 802.3 length. */
  | Layers<"ethernet", undefined, undefined>;

export type IpHeader = Ipv4Header | Ipv6Header;

interface Layers<Kind extends string, Network, Transport> {
  readonly kind: Kind;
  readonly ethernet: EthernetHeader;
  readonly network: Network;
  readonly transport: Transport;
  /** What the innermost header carries, without Ethernet's padding: a view of the frame, not a copy. */
  readonly payload: Uint8Array;
}
