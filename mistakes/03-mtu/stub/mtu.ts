/** Which Internet protocol carries the packet: its header has 20 bytes (4) or 40 (6). */
export type IpVersion = 4 | 6;

/** What puts a header of its own around each packet. `outer`: the IP version of the packets that the tunnel sends. */
export type Tunnel =
  | { kind: "vlan" }
  | { kind: "pppoe" }
  | { kind: "gre" | "vxlan" | "wireguard"; outer: IpVersion };

/** What a sender knows when a TCP connection is open. */
export interface Connection {
  /** Of our own interface, in bytes. */
  mtu: number;
  ipVersion: IpVersion;
  /** From the peer's SYN; left out when its SYN had no MSS option. */
  peerMss?: number;
  /** Whether each segment carries the timestamps option. */
  timestamps: boolean;
}

/** What became of a packet: the receiver acknowledged it, or nothing came in time, or a router refused it by ICMP. */
export type Outcome = "acked" | "lost" | { tooBig: number };

/** The way to the receiver, for packets that routers may not fragment. */
export interface Path {
  /** Sends a packet of `size` bytes, all headers counted, whose payload is padding. */
  probe(size: number): Promise<Outcome>;
  /** Sends a piece of a message, which begins at `offset` of it. The packet is `DATAGRAM_HEADERS` bytes longer. */
  send(offset: number, piece: Uint8Array): Promise<Outcome>;
}

/** Bytes in front of a piece: 20 of IPv4, 8 of UDP, 4 for the offset. */
export const DATAGRAM_HEADERS = 32;

/** So often a packet of one size is sent, with no sign of life, before its size is believed to be the reason. */
export const MAX_PROBES = 3;

/** `new MtuError("NO_PATH", "Expected 1280 bytes to get through, got 3 losses")` */
export class MtuError extends Error {
  override readonly name = "MtuError";
  readonly code: "NO_PATH";

  constructor(code: "NO_PATH", message: string) {
    super(message);
    this.code = code;
  }
}

/** The value for the MSS option of our SYN, in bytes, on an interface with this MTU (RFC 9293 §3.7.1). */
export function mssOption(mtu: number, ipVersion: IpVersion): number {
  // TODO: what is in front of the data of every segment? And how long can a packet be, on whatever link?
  throw new Error("not implemented");
}

/** The most bytes of data that one segment of this connection may carry (RFC 9293 §3.7.1). */
export function segmentPayload(connection: Connection): number {
  // TODO: the smaller of what the peer takes and what our interface takes; then the options.
  throw new Error("not implemented");
}

/** The MTU inside of these tunnels, in bytes, over a link whose MTU (in bytes of an IP packet) is `linkMtu`. */
export function tunnelMtu(linkMtu: number, tunnels: readonly Tunnel[]): number {
  // TODO: take off what each of them puts around a packet.
  throw new Error("not implemented");
}

export interface SearchOptions {
  /** A size in bytes that any sane path takes: the search begins here. */
  base: number;
  /** The largest size in bytes to be tried, at least `base`: our own interface's MTU. */
  max: number;
  /** The most probes to be sent, in all. */
  budget: number;
}

/**
 * Finds the largest packet that the path takes, from `base` to `max`, whether or not routers tell. Never returns a size
 * that has not been acknowledged. Throws an MtuError `NO_PATH` when not even `base` is.
 */
export async function searchPathMtu(path: Path, options: SearchOptions): Promise<number> {
  // TODO: `base`, then `max`, then between what is known to pass and what is known not to.
  throw new Error("not implemented");
}

export interface SendOptions {
  /** The largest packet in bytes that the path took when it was last searched. */
  mtu: number;
  /** As in `SearchOptions`. */
  base: number;
  /** For each search that becomes necessary. */
  budget: number;
}

/**
 * Sends a message in pieces, one after the other, in packets as large as the path takes; when it takes them no longer, in
 * smaller ones. Returns the packet size that it ended with: `mtu` when nothing has changed it, as with an empty message.
 * Throws an MtuError `NO_PATH`.
 */
export async function sendMessage(path: Path, message: Uint8Array, options: SendOptions): Promise<number> {
  // TODO: cut, send, and find out why nothing comes: loss, size, or no path at all.
  throw new Error("not implemented");
}
