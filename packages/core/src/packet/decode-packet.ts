import { readArp } from "./arp.ts";
import { sumWords } from "./checksum.ts";
import type { DecodeOptions } from "./decode-options.ts";
import { ethernetEnd, type EthernetHeader, ethernetLength, EtherType, readEthernet } from "./ethernet.ts";
import { readIcmp } from "./icmp.ts";
import { ICMP_LENGTH } from "./icmp-echo.ts";
import { readIcmpv6 } from "./icmpv6.ts";
import { IpProtocol } from "./ip-protocol.ts";
import { readIpv4 } from "./ipv4.ts";
import { type Ipv6Header, readIpv6 } from "./ipv6.ts";
import type { IpHeader, Packet } from "./packet.ts";
import { readTcp } from "./tcp.ts";
import { NO_PSEUDO_HEADER } from "./transport-options.ts";
import { readUdp, UDP_LENGTH } from "./udp.ts";
import { view } from "../framing/view.ts";

/**
 * Peels an Ethernet frame down to what it carries, each layer by its own header. What is not known here (an EtherType, a
 * protocol, an option) is kept as bytes and is no error. Fragments are not put together: of a first one the transport header is
 * read, but its checksum, which covers the others too, is not verified; of later ones there is none to read. Nor is one verified
 * whose pseudo-header is not known: with IPv6 segments left, the final destination is not in the header.
 * @throws NetError `PACKET_TRUNCATED`, `PACKET_INVALID`, `CHECKSUM_INVALID`, with the `offset` in the frame; nothing else,
 * whatever the bytes.
 */
export function decodePacket(frame: Uint8Array, options: DecodeOptions = {}): Packet {
  const { verifyChecksums = true, cut = false } = options;
  const ethernet = readEthernet(frame);
  const start = ethernetLength(ethernet);
  switch (ethernet.etherType) {
    case EtherType.IPV4:
      return peelIpv4(frame, start, ethernet, verifyChecksums, cut);
    case EtherType.IPV6:
      return peelIpv6(frame, start, ethernet, verifyChecksums, cut);
    case EtherType.ARP: {
      const network = readArp(frame, start);
      // Behind an ARP message there is nothing but padding.
      const payload = view(frame, frame.length, frame.length);
      return { kind: "arp", ethernet, network, transport: undefined, payload };
    }
    default: {
      const payload = view(frame, start, ethernetEnd(frame, ethernet, start, cut));
      return { kind: "ethernet", ethernet, network: undefined, transport: undefined, payload };
    }
  }
}

function peelIpv4(
  bytes: Uint8Array,
  start: number,
  ethernet: EthernetHeader,
  verifyChecksums: boolean,
  cut: boolean,
): Packet {
  const network = readIpv4(bytes, start, verifyChecksums, cut);
  const from = start + network.ihl * 4;
  const packetEnd = start + network.totalLength;
  const end = Math.min(packetEnd, bytes.length);
  const whole = packetEnd === end && !network.moreFragments;
  const verify = verifyChecksums && whole;
  if (network.fragmentOffset > 0) return opaque("fragment", bytes, from, end, ethernet, network);
  if (network.protocol === IpProtocol.ICMP) {
    const transport = readIcmp(bytes, from, end, verify);
    return { kind: "icmp", ethernet, network, transport, payload: view(bytes, from + ICMP_LENGTH, end) };
  }
  // The two addresses are the last 8 bytes of the header that is always there.
  const addresses = verify ? sumWords(bytes, start + 12, start + 20) : NO_PSEUDO_HEADER;
  return peelTransport(bytes, from, end, ethernet, network, whole, addresses);
}

function peelIpv6(
  bytes: Uint8Array,
  start: number,
  ethernet: EthernetHeader,
  verifyChecksums: boolean,
  cut: boolean,
): Packet {
  const network = readIpv6(bytes, start, cut);
  const from = start + network.headerLength;
  const packetEnd = start + 40 + network.payloadLength;
  const end = Math.min(packetEnd, bytes.length);
  const fragment = network.extensionHeaders.find(({ kind }) => kind === "fragment");
  if (fragment?.kind === "fragment" && fragment.fragmentOffset > 0) {
    return opaque("fragment", bytes, from, end, ethernet, network);
  }
  const whole = packetEnd === end && !(fragment?.kind === "fragment" && fragment.moreFragments);
  const verify = verifyChecksums && whole && !hasSegmentsLeft(network);
  const addresses = verify ? sumWords(bytes, start + 8, start + 40) : NO_PSEUDO_HEADER;
  if (network.protocol === IpProtocol.ICMPV6) {
    const pseudo = verify ? addresses + IpProtocol.ICMPV6 + (end - from) : NO_PSEUDO_HEADER;
    const transport = readIcmpv6(bytes, from, end, pseudo);
    return { kind: "icmpv6", ethernet, network, transport, payload: view(bytes, from + ICMP_LENGTH, end) };
  }
  return peelTransport(bytes, from, end, ethernet, network, whole, addresses);
}

/** @param addresses The sum of the pseudo-header's addresses, if the checksum is to be verified. */
function peelTransport(
  bytes: Uint8Array,
  from: number,
  end: number,
  ethernet: EthernetHeader,
  network: IpHeader,
  whole: boolean,
  addresses: number,
): Packet {
  const verify = addresses !== NO_PSEUDO_HEADER;
  switch (network.protocol) {
    case IpProtocol.TCP: {
      const pseudo = verify ? addresses + IpProtocol.TCP + (end - from) : NO_PSEUDO_HEADER;
      const transport = readTcp(bytes, from, end, pseudo);
      const payload = view(bytes, from + transport.dataOffset * 4, end);
      return { kind: "tcp", ethernet, network, transport, payload };
    }
    case IpProtocol.UDP: {
      const pseudo = verify ? addresses + IpProtocol.UDP : NO_PSEUDO_HEADER;
      const transport = readUdp(bytes, from, end, pseudo, network.version === 6, !whole);
      const payload = view(bytes, from + UDP_LENGTH, Math.min(end, from + transport.length));
      return { kind: "udp", ethernet, network, transport, payload };
    }
    default:
      return opaque("ip", bytes, from, end, ethernet, network);
  }
}

function opaque(
  kind: "fragment" | "ip",
  bytes: Uint8Array,
  from: number,
  end: number,
  ethernet: EthernetHeader,
  network: IpHeader,
): Packet {
  return { kind, ethernet, network, transport: undefined, payload: view(bytes, from, end) };
}

function hasSegmentsLeft({ extensionHeaders }: Ipv6Header): boolean {
  return extensionHeaders.some((header) => header.kind === "routing" && header.segmentsLeft > 0);
}
