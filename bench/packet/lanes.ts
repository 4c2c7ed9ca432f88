import { formatAddress } from "@tcpip-workshop/core/cidr";
import { checksum, decodeIpv4, decodePacket, IpProtocol, sumWords } from "@tcpip-workshop/core/packet";
import cap from "cap/lib/Decoders.js";
import IpHeader from "ip-header";
import ipPacket from "ip-packet";
import EthernetPacket from "pcap/decode/ethernet_packet.js";
import IPv4 from "pcap/decode/ipv4.js";
import udpPacket from "udp-packet";

/** What a lane reads of every input; the same for all, which is asserted before they run. */
export type Reader = (bytes: Buffer) => string | number;
export const OURS = "core";
/** Lanes that tell how fast anything could be, or cost more by design: not in the ranking. */
export const ASIDE = new Set(["core, checksums verified", "(a copy of the bytes)"]);
const unverified = { verifyChecksums: false };

/** Ports, sequence number and length of the payload; addresses in the form the library has them in. */
export const tcpNumbers: Record<string, Reader> = {
  [OURS]: (frame) => coreTcp(frame, false),
  "core, checksums verified": (frame) => coreTcp(frame, true),
  cap: (frame) => {
    const ip = cap.IPV4(frame, cap.Ethernet(frame).offset);
    const tcp = cap.TCP(frame, ip.offset);
    const length = ip.info.totallen - 20 - (tcp.offset - ip.offset);
    return (
      tcp.info.srcport +
      tcp.info.dstport +
      tcp.info.seqno +
      length +
      (ip.info.srcaddr === ip.info.dstaddr ? 1 : 0)
    );
  },
  pcap: (frame) => {
    const ip = new EthernetPacket().decode(frame, 0).payload;
    const { sport, dport, seqno, dataLength } = ip.payload;
    return sport + dport + seqno + dataLength + (ip.saddr.addr[3] === 256 ? 1 : 0);
  },
};

/** The same, with both addresses as text. */
export const tcpTexts: Record<string, Reader> = {
  [OURS]: (frame) => {
    const packet = decodePacket(frame, unverified);
    if (packet.kind !== "tcp") return -1;
    const { source, destination } = packet.network;
    return `${formatAddress(source)}:${packet.transport.sourcePort} ${formatAddress(destination)}:${packet.transport.destinationPort}`;
  },
  cap: (frame) => {
    const ip = cap.IPV4(frame, cap.Ethernet(frame).offset);
    const tcp = cap.TCP(frame, ip.offset);
    return `${ip.info.srcaddr}:${tcp.info.srcport} ${ip.info.dstaddr}:${tcp.info.dstport}`;
  },
  pcap: (frame) => {
    const ip = new EthernetPacket().decode(frame, 0).payload;
    return `${ip.saddr.toString()}:${ip.payload.sport} ${ip.daddr.toString()}:${ip.payload.dport}`;
  },
};

/** The IPv4 header alone; addresses in the form the library has them in. pcap goes on to TCP and cannot be kept from it. */
export const ipv4Numbers: Record<string, Reader> = {
  [OURS]: (packet) => {
    const { totalLength, source, destination } = decodeIpv4(packet, unverified).header;
    return totalLength + (source === destination ? 1 : 0);
  },
  cap: (packet) => {
    const { info } = cap.IPV4(packet);
    return info.totallen + (info.srcaddr === info.dstaddr ? 1 : 0);
  },
  pcap: (packet) => {
    const ip = new IPv4().decode(packet, 0);
    return ip.length + (ip.saddr.addr[3] === 256 ? 1 : 0);
  },
  "ip-header": (packet) => {
    const header = new IpHeader(packet);
    return header.totalLength + (header.src === header.dst ? 1 : 0);
  },
  "ip-packet": (packet) => {
    const header = ipPacket.decode({ buffer: packet, start: 0, end: packet.length });
    return header.length + (header.sourceIp === header.destinationIp ? 1 : 0);
  },
};

/** The same, with both addresses as text. */
export const ipv4Texts: Record<string, Reader> = {
  [OURS]: (packet) => {
    const { totalLength, source, destination } = decodeIpv4(packet, unverified).header;
    return `${formatAddress(source)} ${formatAddress(destination)} ${totalLength}`;
  },
  cap: (packet) => {
    const { info } = cap.IPV4(packet);
    return `${info.srcaddr} ${info.dstaddr} ${info.totallen}`;
  },
  pcap: (packet) => {
    const ip = new IPv4().decode(packet, 0);
    return `${ip.saddr.toString()} ${ip.daddr.toString()} ${ip.length}`;
  },
  "ip-header": (packet) => {
    const header = new IpHeader(packet);
    return `${header.src} ${header.dst} ${header.totalLength}`;
  },
  "ip-packet": (packet) => {
    const header = ipPacket.decode({ buffer: packet, start: 0, end: packet.length });
    return `${header.sourceIp} ${header.destinationIp} ${header.length}`;
  },
};

// The same eight bytes for both: where they lie in an IPv4 header.
const pair = Buffer.of(10, 0, 0, 1, 192, 0, 2, 1);
const buffers = { sourceIp: pair.subarray(0, 4), destinationIp: pair.subarray(4) };

/** A datagram whose checksum field is 0, with its pseudo-header. */
export const datagramChecksum: Record<string, Reader> = {
  [OURS]: (datagram) =>
    checksum(datagram, 0, datagram.length, sumWords(pair, 0, 8) + IpProtocol.UDP + datagram.length),
  "udp-packet": (datagram) => udpPacket.checksum(buffers, datagram),
};

/** The checksum of an IPv4 header of 20 bytes. ip-packet leaves the field out and writes into it; we set it to 0 and write it, too. */
export const headerChecksum: Record<string, Reader> = {
  [OURS]: (header) => {
    header[10] = 0;
    header[11] = 0;
    const sum = checksum(header, 0, 20);
    header[10] = sum >>> 8;
    header[11] = sum;
    return sum;
  },
  "ip-packet": (header) => ipPacket.checksum(header),
};

export function copier(): Reader {
  const room = new Uint8Array(65_536);
  return (bytes) => {
    room.set(bytes);
    return 0;
  };
}

function coreTcp(frame: Buffer, verifyChecksums: boolean): number {
  const packet = decodePacket(frame, { verifyChecksums });
  if (packet.kind !== "tcp") return -1;
  const { transport, payload, network } = packet;
  const { source, destination } = network;
  return (
    transport.sourcePort +
    transport.destinationPort +
    transport.sequenceNumber +
    payload.length +
    (source === destination ? 1 : 0)
  );
}
