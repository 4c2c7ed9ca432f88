import { crc32 } from "node:zlib";
import type { Ethernet, Ipv4, Peeled, Tcp } from "../encapsulation.ts";
import { concat, hex, replaced, word } from "./bytes.ts";

/** What a frame is made of. What is left out has a value of its own that fits. */
export interface Parts {
  ethernet?: Partial<Ethernet>;
  ipv4?: Partial<Ipv4>;
  ipv4Options?: Uint8Array;
  udp?: { sourcePort: number; destinationPort: number };
  /** Instead of UDP. */
  tcp?: Tcp;
  tcpOptions?: Uint8Array;
  /** UDP without a checksum: the field is 0. */
  noChecksum?: boolean;
  payload: Uint8Array;
  /** Bytes of the packet that belong to no UDP datagram, behind it. */
  behindUdp?: Uint8Array;
  /** The byte that the frame is padded with; default 0. */
  padding?: number;
  /** Bytes of a header that are put in last, before its checksum is made: `[index, value]`. */
  ipv4Bytes?: [number, number][];
  transportBytes?: [number, number][];
}

export const macs = { destination: "02:00:00:00:00:02", source: "02:00:00:00:00:01" };
export const addresses = { source: "192.0.2.1", destination: "198.51.100.7" };
export const ports = { sourcePort: 5000, destinationPort: 7 };

/** A frame as a sound sender makes it, without FCS, and what is to be read out of it. */
export interface Frame {
  bytes: Uint8Array;
  peeled: Peeled;
  /** Where the transport layer's header begins, and the payload; and where the IPv4 packet ends. */
  transport: number;
  payload: number;
  end: number;
}

export function frameOf(parts: Parts): Frame {
  const ethernet = { ...macs, etherType: 0x0800, ...parts.ethernet };
  const ipv4: Ipv4 = {
    ...addresses,
    protocol: parts.tcp === undefined ? 17 : 6,
    ttl: 64,
    identification: 10_775,
    dontFragment: true,
    ...parts.ipv4,
  };
  const udp = parts.udp ?? ports;
  const message = parts.tcp === undefined ? udpOf(parts, udp, ipv4) : tcpOf(parts, parts.tcp, ipv4);
  const packet = ipv4Of(parts, ipv4, message);
  const transport = 34 + (parts.ipv4Options?.length ?? 0);
  const { payload } = parts;
  return {
    bytes: ethernetOf(ethernet, packet, parts.padding),
    peeled:
      parts.tcp === undefined
        ? { ethernet, ipv4, udp, payload }
        : { ethernet, ipv4, tcp: parts.tcp, payload },
    transport,
    payload: transport + (parts.tcp === undefined ? 8 : 20 + (parts.tcpOptions?.length ?? 0)),
    end: 14 + packet.length,
  };
}

/** With its FCS, as it goes over the wire. */
export function sealed(frame: Uint8Array): Uint8Array {
  const fcs = Buffer.alloc(4);
  fcs.writeUInt32LE(crc32(frame));
  return concat(frame, fcs);
}

/** A message that ends in its own CRC-32, most significant byte first. */
export function withCrc(data: Uint8Array): Uint8Array {
  const crc = Buffer.alloc(4);
  crc.writeUInt32BE(crc32(data));
  return concat(data, crc);
}

function ethernetOf({ destination, source, etherType }: Ethernet, packet: Uint8Array, pad = 0): Uint8Array {
  const padding = new Uint8Array(Math.max(0, 46 - packet.length)).fill(pad);
  const [to, from] = [destination, source].map((mac) => hex(mac.replaceAll(":", " ")));
  return concat(to ?? hex(""), from ?? hex(""), word(etherType), packet, padding);
}

function ipv4Of(parts: Parts, ipv4: Ipv4, inside: Uint8Array): Uint8Array {
  const options = parts.ipv4Options ?? new Uint8Array(0);
  const header = concat(
    Uint8Array.of(0x45 + options.length / 4, 0),
    word(20 + options.length + inside.length),
    word(ipv4.identification),
    word(ipv4.dontFragment ? 0x4000 : 0),
    Uint8Array.of(ipv4.ttl, ipv4.protocol, 0, 0),
    dotted(ipv4.source),
    dotted(ipv4.destination),
    options,
  );
  for (const [at, value] of parts.ipv4Bytes ?? []) header[at] = value;
  return concat(replaced(header, 10, word(checksum(header))), inside);
}

function udpOf(
  parts: Parts,
  { sourcePort, destinationPort }: { sourcePort: number; destinationPort: number },
  ipv4: Ipv4,
): Uint8Array {
  const header = concat(
    word(sourcePort),
    word(destinationPort),
    word(8 + parts.payload.length),
    Uint8Array.of(0, 0),
  );
  const datagram = concat(header, parts.payload);
  for (const [at, value] of parts.transportBytes ?? []) datagram[at] = value;
  const sum = parts.noChecksum === true ? 0 : withPseudoHeader(ipv4, 17, datagram) || 0xffff;
  return concat(replaced(datagram, 6, word(sum)), parts.behindUdp ?? new Uint8Array(0));
}

function tcpOf(parts: Parts, tcp: Tcp, ipv4: Ipv4): Uint8Array {
  const options = parts.tcpOptions ?? new Uint8Array(0);
  const header = Buffer.alloc(20 + options.length);
  header.writeUInt16BE(tcp.sourcePort, 0);
  header.writeUInt16BE(tcp.destinationPort, 2);
  header.writeUInt32BE(tcp.sequenceNumber, 4);
  header.writeUInt32BE(tcp.acknowledgmentNumber, 8);
  header[12] = (header.length / 4) << 4;
  header[13] = tcp.flags;
  header.writeUInt16BE(tcp.window, 14);
  header.set(options, 20);
  const segment = concat(header, parts.payload);
  for (const [at, value] of parts.transportBytes ?? []) segment[at] = value;
  return replaced(segment, 16, word(withPseudoHeader(ipv4, 6, segment)));
}

function withPseudoHeader(
  { source, destination }: Pick<Ipv4, "source" | "destination">,
  protocol: number,
  bytes: Uint8Array,
): number {
  const pseudo = [dotted(source), dotted(destination), Uint8Array.of(0, protocol), word(bytes.length)];
  return checksum(concat(...pseudo, bytes));
}

/** By the remainder: the one's complement sum is the sum modulo 0xffff, and 0xffff where that is 0 and the sum is not. */
function checksum(bytes: Uint8Array): number {
  let sum = 0;
  bytes.forEach((byte, at) => (sum += at % 2 === 0 ? byte * 256 : byte));
  return 0xffff - (sum === 0 ? 0 : ((sum - 1) % 0xffff) + 1);
}

function dotted(address: string): Uint8Array {
  return Uint8Array.from(address.split("."), Number);
}
