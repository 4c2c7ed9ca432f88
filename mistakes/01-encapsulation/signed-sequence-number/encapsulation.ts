// Mistake: believes that four bytes shifted together make a number from 0 up
// Caught by: peels headers that are longer than twenty bytes
// Tell: `<<` and `getInt32` give numbers with a sign. Sequence numbers go from 0 to 4,294,967,295
//   and have none.

import { crc32 } from "node:zlib";

/** The four layers of RFC 1122 §1.1.3, from the wire up. */
export type Layer = "link" | "internet" | "transport" | "application";

/** What is wrong with a frame, for programs: a closed list. Messages are for people. */
export type FrameErrorCode =
  /** A header, or a length in it, asks for more bytes than there are. */
  | "TRUNCATED"
  /** A field has a value that it cannot have. */
  | "MALFORMED"
  /** The layer's checksum does not fit. */
  | "CHECKSUM"
  /** Nothing is wrong with it, but `peel` does not read this: not IPv4, a fragment, neither UDP nor TCP. */
  | "UNSUPPORTED";

/** `new FrameError("internet", "TRUNCATED", "Expected 20 bytes of IPv4 header, got 6")` */
export class FrameError extends Error {
  override readonly name = "FrameError";
  readonly layer: Layer;
  readonly code: FrameErrorCode;

  constructor(layer: Layer, code: FrameErrorCode, message: string) {
    super(message);
    this.layer = layer;
    this.code = code;
  }
}

/** What we write into, or read out of, an Ethernet header. */
export interface Ethernet {
  /** `"02:00:00:00:00:02"` */
  destination: string;
  source: string;
  /** What the frame carries: 0x0800 is IPv4. */
  etherType: number;
}

/** What we write into, or read out of, an IPv4 header. */
export interface Ipv4 {
  /** `"192.0.2.1"` */
  source: string;
  destination: string;
  /** What the packet carries: 6 is TCP, 17 is UDP. */
  protocol: number;
  /** How many routers may still pass it on. */
  ttl: number;
  /** Equal in all fragments of one datagram. */
  identification: number;
  /** DF: no router may cut this packet into fragments. */
  dontFragment: boolean;
}

/** What we write into, or read out of, a UDP header. */
export interface Udp {
  sourcePort: number;
  destinationPort: number;
}

/** What we read out of a TCP header. */
export interface Tcp {
  sourcePort: number;
  destinationPort: number;
  /** 0 to 4,294,967,295. */
  sequenceNumber: number;
  /** 0 to 4,294,967,295. */
  acknowledgmentNumber: number;
  /** The eight flags as one number: FIN 1, SYN 2, RST 4, PSH 8, ACK 16, URG 32, ECE 64, CWR 128. */
  flags: number;
  window: number;
}

/** A frame, layer by layer. */
export type Peeled =
  | { ethernet: Ethernet; ipv4: Ipv4; udp: Udp; payload: Uint8Array }
  | { ethernet: Ethernet; ipv4: Ipv4; tcp: Tcp; payload: Uint8Array };

const [ipv4EtherType, tcpProtocol, udpProtocol] = [0x0800, 6, 17];
const length = { ethernet: 14, leastPayload: 46, ipv4: 20, udp: 8, tcp: 20, crc: 4 };

/**
 * The Internet checksum (RFC 1071): the one's complement of the one's complement sum of all 16-bit words, the more
 * significant byte first. Behind an odd last byte a zero is imagined. Of bytes that contain their own right checksum
 * it is 0.
 *
 * @returns a number from 0 to 0xffff
 */
export function internetChecksum(bytes: Uint8Array): number {
  let sum = 0;
  for (let at = 0; at < bytes.length; at += 2) sum += ((bytes[at] ?? 0) << 8) + (bytes[at + 1] ?? 0);
  // Folding may overflow once more.
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x1_0000);
  return sum ^ 0xffff;
}

/**
 * A UDP datagram (RFC 768): eight bytes of header, and the payload.
 *
 * @param addresses of the IPv4 packet that will carry it: its checksum covers them too
 */
export function udpDatagram(
  payload: Uint8Array,
  header: Udp,
  addresses: Pick<Ipv4, "source" | "destination">,
): Uint8Array {
  const datagram = withRoom(length.udp, payload);
  const view = viewOf(datagram);
  view.setUint16(0, header.sourcePort);
  view.setUint16(2, header.destinationPort);
  view.setUint16(4, datagram.length);
  // 0 would mean "no checksum"; 0xffff is the other zero of one's complement.
  view.setUint16(6, transportChecksum(addresses, udpProtocol, datagram) || 0xffff);
  return datagram;
}

/** An IPv4 packet (RFC 791 §3.1) without options: twenty bytes of header, and the payload. */
export function ipv4Packet(payload: Uint8Array, header: Ipv4): Uint8Array {
  const packet = withRoom(length.ipv4, payload);
  const view = viewOf(packet);
  view.setUint8(0, (4 << 4) | (length.ipv4 / 4));
  view.setUint16(2, packet.length);
  view.setUint16(4, header.identification);
  view.setUint16(6, header.dontFragment ? 0x4000 : 0);
  view.setUint8(8, header.ttl);
  view.setUint8(9, header.protocol);
  packet.set(ipv4Bytes(header.source), 12);
  packet.set(ipv4Bytes(header.destination), 16);
  view.setUint16(10, internetChecksum(packet.subarray(0, length.ipv4)));
  return packet;
}

/**
 * An Ethernet frame as a program sees it: fourteen bytes of header, and the payload, padded with zeros to 46 bytes at
 * least. The preamble before it and the FCS behind it are the network card's.
 */
export function ethernetFrame(payload: Uint8Array, header: Ethernet): Uint8Array {
  const frame = new Uint8Array(length.ethernet + Math.max(payload.length, length.leastPayload));
  frame.set(macBytes(header.destination), 0);
  frame.set(macBytes(header.source), 6);
  viewOf(frame).setUint16(12, header.etherType);
  frame.set(payload, length.ethernet);
  return frame;
}

/**
 * Reads a frame without FCS, from the outside in: Ethernet, IPv4, then UDP or TCP. The payload is the application's
 * bytes, no more and no fewer. `frame` stays as it was: its owner may read it again.
 *
 * Throws a FrameError that names the first layer, counted from below, that cannot be read, and why.
 */
export function peel(frame: Uint8Array): Peeled {
  const { ethernet, inside: packet } = peelEthernet(frame);
  const { ipv4, inside } = peelIpv4(packet);
  return ipv4.protocol === udpProtocol
    ? { ethernet, ipv4, ...peelUdp(inside, ipv4) }
    : { ethernet, ipv4, ...peelTcp(inside, ipv4) };
}

/**
 * Which check is the first, counted from below, to notice that a frame was damaged.
 *
 * @param frame with its FCS: the last four bytes. Its payload is an application's message of at least four bytes, the
 *   last four of which are the CRC-32 of those before them, the most significant byte first
 */
export function damagedLayer(frame: Uint8Array): Layer | "none" {
  const sent = frame.subarray(0, -length.crc);
  if (viewOf(frame).getUint32(sent.length, true) !== crc32(sent)) return "link";
  try {
    const { payload } = peel(sent);
    const message = payload.subarray(0, -length.crc);
    return viewOf(payload).getUint32(message.length) === crc32(message) ? "none" : "application";
  } catch (error) {
    if (error instanceof FrameError) return error.layer;
    throw error;
  }
}

// What is inside an Ethernet frame may end in padding: only the layer above knows where.
function peelEthernet(frame: Uint8Array): { ethernet: Ethernet; inside: Uint8Array } {
  const view = header("link", frame, length.ethernet);
  const ethernet = {
    destination: macText(frame.subarray(0, 6)),
    source: macText(frame.subarray(6, 12)),
    etherType: view.getUint16(12),
  };
  if (ethernet.etherType !== ipv4EtherType) {
    throw new FrameError("link", "UNSUPPORTED", `Expected IPv4 (EtherType 2048), got ${ethernet.etherType}`);
  }
  return { ethernet, inside: frame.subarray(length.ethernet) };
}

function peelIpv4(packet: Uint8Array): { ipv4: Ipv4; inside: Uint8Array } {
  const view = header("internet", packet, length.ipv4);
  const version = view.getUint8(0) >> 4;
  if (version !== 4) throw new FrameError("internet", "MALFORMED", `Expected version 4, got ${version}`);
  const headerLength = (view.getUint8(0) & 0x0f) * 4;
  checkLength("internet", "IPv4 header", headerLength, length.ipv4, packet);
  const totalLength = view.getUint16(2);
  checkLength("internet", "IPv4 packet", totalLength, headerLength, packet);
  checkSum("internet", internetChecksum(packet.subarray(0, headerLength)));
  const fragment = view.getUint16(6);
  if ((fragment & 0x3fff) !== 0) {
    throw new FrameError("internet", "UNSUPPORTED", "Expected a whole datagram, got a fragment of one");
  }
  const ipv4 = {
    source: ipv4Text(packet.subarray(12, 16)),
    destination: ipv4Text(packet.subarray(16, 20)),
    protocol: view.getUint8(9),
    ttl: view.getUint8(8),
    identification: view.getUint16(4),
    dontFragment: (fragment & 0x4000) !== 0,
  };
  if (ipv4.protocol !== udpProtocol && ipv4.protocol !== tcpProtocol) {
    throw new FrameError("internet", "UNSUPPORTED", `Expected TCP or UDP, got protocol ${ipv4.protocol}`);
  }
  return { ipv4, inside: packet.subarray(headerLength, totalLength) };
}

function peelUdp(bytes: Uint8Array, ipv4: Ipv4): { udp: Udp; payload: Uint8Array } {
  const view = header("transport", bytes, length.udp);
  const ownLength = view.getUint16(4);
  checkLength("transport", "UDP datagram", ownLength, length.udp, bytes);
  const datagram = bytes.subarray(0, ownLength);
  const sentWithChecksum = view.getUint16(6) !== 0;
  if (sentWithChecksum) checkSum("transport", transportChecksum(ipv4, udpProtocol, datagram));
  const udp = { sourcePort: view.getUint16(0), destinationPort: view.getUint16(2) };
  return { udp, payload: datagram.slice(length.udp) };
}

function peelTcp(segment: Uint8Array, ipv4: Ipv4): { tcp: Tcp; payload: Uint8Array } {
  const view = header("transport", segment, length.tcp);
  const headerLength = (view.getUint8(12) >> 4) * 4;
  checkLength("transport", "TCP header", headerLength, length.tcp, segment);
  checkSum("transport", transportChecksum(ipv4, tcpProtocol, segment));
  const tcp = {
    sourcePort: view.getUint16(0),
    destinationPort: view.getUint16(2),
    sequenceNumber: view.getInt32(4),
    acknowledgmentNumber: view.getInt32(8),
    flags: view.getUint8(13),
    window: view.getUint16(14),
  };
  return { tcp, payload: segment.slice(headerLength) };
}

/** Over the pseudo-header, which is never sent, and all that is sent. */
function transportChecksum(
  { source, destination }: Pick<Ipv4, "source" | "destination">,
  protocol: number,
  bytes: Uint8Array,
): number {
  const covered = withRoom(12, bytes);
  covered.set(ipv4Bytes(source), 0);
  covered.set(ipv4Bytes(destination), 4);
  viewOf(covered).setUint8(9, protocol);
  viewOf(covered).setUint16(10, bytes.length);
  return internetChecksum(covered);
}

/** A view of the bytes, once it is sure that the header's fixed part is there. */
function header(layer: Layer, bytes: Uint8Array, needed: number): DataView {
  if (bytes.length < needed) {
    throw new FrameError(layer, "TRUNCATED", `Expected ${needed} bytes of header, got ${bytes.length}`);
  }
  return viewOf(bytes);
}

/** A stranger wrote this length: it has to cover what it counts, and must not go beyond what is there. */
function checkLength(layer: Layer, what: string, said: number, least: number, bytes: Uint8Array): void {
  if (said < least) {
    throw new FrameError(layer, "MALFORMED", `Expected at least ${least} bytes of ${what}, got ${said}`);
  }
  if (said > bytes.length) {
    throw new FrameError(layer, "TRUNCATED", `Expected ${said} bytes of ${what}, got ${bytes.length}`);
  }
}

/** Of bytes that hold their right checksum the sum is 0. */
function checkSum(layer: Layer, sum: number): void {
  if (sum !== 0)
    throw new FrameError(layer, "CHECKSUM", `Expected a checksum that fits, got a rest of ${sum}`);
}

function withRoom(room: number, payload: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(room + payload.length);
  bytes.set(payload, room);
  return bytes;
}

/** A `Uint8Array` may begin anywhere in its memory. */
function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

// Given: addresses as text and as bytes.

/** `"192.0.2.1"` → `c0 00 02 01` */
export function ipv4Bytes(address: string): Uint8Array {
  return Uint8Array.from(address.split("."), Number);
}

/** `c0 00 02 01` → `"192.0.2.1"` */
export function ipv4Text(bytes: Uint8Array): string {
  return bytes.join(".");
}

/** `"02:00:00:00:00:02"` → `02 00 00 00 00 02` */
export function macBytes(address: string): Uint8Array {
  return Uint8Array.from(address.split(":"), (digits) => Number.parseInt(digits, 16));
}

/** `02 00 00 00 00 02` → `"02:00:00:00:00:02"` */
export function macText(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(":");
}
