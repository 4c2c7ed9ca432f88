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

/**
 * The Internet checksum (RFC 1071): the one's complement of the one's complement sum of all 16-bit words, the more
 * significant byte first. Behind an odd last byte a zero is imagined. Of bytes that contain their own right checksum
 * it is 0.
 *
 * @returns a number from 0 to 0xffff
 */
export function internetChecksum(bytes: Uint8Array): number {
  // TODO: add up the words, fold what is above 16 bits back in until nothing is, and invert.
  throw new Error("not implemented");
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
  // TODO: ports, length, checksum. What must stand in the checksum's place while you compute it?
  throw new Error("not implemented");
}

/** An IPv4 packet (RFC 791 §3.1) without options: twenty bytes of header, and the payload. */
export function ipv4Packet(payload: Uint8Array, header: Ipv4): Uint8Array {
  // TODO
  throw new Error("not implemented");
}

/**
 * An Ethernet frame as a program sees it: fourteen bytes of header, and the payload, padded with zeros to 46 bytes at
 * least. The preamble before it and the FCS behind it are the network card's.
 */
export function ethernetFrame(payload: Uint8Array, header: Ethernet): Uint8Array {
  // TODO
  throw new Error("not implemented");
}

/**
 * Reads a frame without FCS, from the outside in: Ethernet, IPv4, then UDP or TCP. The payload is the application's
 * bytes, no more and no fewer. `frame` stays as it was: its owner may read it again.
 *
 * Throws a FrameError that names the first layer, counted from below, that cannot be read, and why.
 */
export function peel(frame: Uint8Array): Peeled {
  // TODO: a function for each layer, which gets bytes and returns a header and the bytes inside.
  throw new Error("not implemented");
}

/**
 * Which check is the first, counted from below, to notice that a frame was damaged.
 *
 * @param frame with its FCS: the last four bytes. Its payload is an application's message of at least four bytes, the
 *   last four of which are the CRC-32 of those before them, the most significant byte first
 */
export function damagedLayer(frame: Uint8Array): Layer | "none" {
  // TODO: `crc32` comes from node:zlib.
  throw new Error("not implemented");
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
