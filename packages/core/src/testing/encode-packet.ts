import {
  encodeArp,
  encodeEthernet,
  encodeIcmp,
  encodeIcmpv6,
  encodeIpv4,
  encodeIpv6,
  encodeTcp,
  encodeUdp,
  type IpHeader,
  type Packet,
} from "../packet/index.ts";

/** The frame of a decoded packet, without padding. */
export function encodePacket(packet: Packet): Uint8Array {
  return encodeEthernet(packet.ethernet, networkOf(packet));
}

function networkOf(packet: Packet): Uint8Array {
  switch (packet.kind) {
    case "arp":
      return encodeArp(packet.network);
    case "ethernet":
      return packet.payload;
    case "fragment":
    case "ip":
      return encodeIp(packet.network, packet.payload);
    case "tcp":
      return encodeIp(packet.network, encodeTcp(packet.transport, packet.payload, packet.network));
    case "udp":
      return encodeIp(packet.network, encodeUdp(packet.transport, packet.payload, packet.network));
    case "icmp":
      return encodeIp(packet.network, encodeIcmp(packet.transport, packet.payload));
    case "icmpv6":
      return encodeIp(packet.network, encodeIcmpv6(packet.transport, packet.payload, packet.network));
  }
  return packet satisfies never;
}

function encodeIp(header: IpHeader, payload: Uint8Array): Uint8Array {
  return header.version === 4 ? encodeIpv4(header, payload) : encodeIpv6(header, payload);
}
