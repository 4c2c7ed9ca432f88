// Mistake: believes that losses of larger packets say something about smaller ones
// Caught by: gets the message through when the path becomes narrower
// Tell: A report makes your packets smaller, and the count of losses goes on. Of the new size none has been lost
//   yet: begin at 0.

export type IpVersion = 4 | 6;

export type Tunnel =
  | { kind: "vlan" }
  | { kind: "pppoe" }
  | { kind: "gre" | "vxlan" | "wireguard"; outer: IpVersion };

export interface Connection {
  mtu: number;
  ipVersion: IpVersion;
  peerMss?: number;
  timestamps: boolean;
}

export type Outcome = "acked" | "lost" | { tooBig: number };

export interface Path {
  probe(size: number): Promise<Outcome>;
  send(offset: number, piece: Uint8Array): Promise<Outcome>;
}

/** Bytes in front of a piece: 20 of IPv4, 8 of UDP, 4 for the offset. */
export const DATAGRAM_HEADERS = 32;

/** So often a packet of one size is sent, with no sign of life, before its size is believed to be the reason. */
export const MAX_PROBES = 3;

export class MtuError extends Error {
  override readonly name = "MtuError";
  readonly code: "NO_PATH";

  constructor(code: "NO_PATH", message: string) {
    super(message);
    this.code = code;
  }
}

/** Bytes of the fixed headers. */
const IP_HEADER = { 4: 20, 6: 40 };
const TCP_HEADER = 20;

/** The longest packet that the header can say: IPv4 counts the whole packet in 16 bits, IPv6 what follows its header. */
const LONGEST_PACKET = { 4: 65_535, 6: 40 + 65_535 };

/** Taken for the option when the peer's SYN has none: 576 − 40 and 1280 − 60. */
const DEFAULT_MSS = { 4: 536, 6: 1220 };

/** 10 bytes and two of padding, for a TCP header is a multiple of four bytes. */
const TIMESTAMPS = 12;

/** What a tunnel puts between its own IP header and the packet inside. */
const BEHIND_OUTER_IP = {
  gre: 4,
  vxlan: 8 + 8 + 14, // UDP, VXLAN, and the Ethernet header of the frame inside
  wireguard: 8 + 16 + 16, // UDP, the message's header, the authentication tag
};

export function mssOption(mtu: number, ipVersion: IpVersion): number {
  return Math.min(mtu, LONGEST_PACKET[ipVersion]) - IP_HEADER[ipVersion] - TCP_HEADER;
}

export function segmentPayload({ mtu, ipVersion, peerMss, timestamps }: Connection): number {
  const bothAllow = Math.min(peerMss ?? DEFAULT_MSS[ipVersion], mssOption(mtu, ipVersion));
  return bothAllow - (timestamps ? TIMESTAMPS : 0);
}

export function tunnelMtu(linkMtu: number, tunnels: readonly Tunnel[]): number {
  return tunnels.reduce((mtu, tunnel) => mtu - overhead(tunnel), linkMtu);
}

function overhead(tunnel: Tunnel): number {
  if (tunnel.kind === "vlan") return 0; // the tag makes the frame longer, not the packet shorter
  if (tunnel.kind === "pppoe") return 6 + 2; // PPPoE, and PPP's protocol number
  return IP_HEADER[tunnel.outer] + BEHIND_OUTER_IP[tunnel.kind];
}

export interface SearchOptions {
  base: number;
  max: number;
  budget: number;
}

export async function searchPathMtu(path: Path, { base, max, budget }: SearchOptions): Promise<number> {
  let passes = 0; // the largest size that was acknowledged
  let ceiling = max; // no larger one is worth a probe
  let size = base;
  let losses = 0; // of this size, one after the other
  for (let sent = 0; sent < budget && passes < ceiling; sent++) {
    const outcome = await path.probe(size);
    if (outcome === "acked") {
      passes = size;
      size = passes === base ? ceiling : between(passes, ceiling);
      losses = 0;
    } else if (isPlausible(outcome, Math.max(passes, base), size)) {
      ceiling = outcome.tooBig;
      size = ceiling; // a hint: it counts when a packet of that size has passed
      losses = 0;
    } else if (++losses === MAX_PROBES) {
      if (size === base) break;
      ceiling = size - 1;
      size = between(passes, ceiling);
      losses = 0;
    }
  }
  if (passes === 0)
    throw new MtuError("NO_PATH", `Expected ${base} bytes to get through, got no acknowledgment`);
  return passes;
}

/** Above the lower bound, so that each probe learns something. */
function between(low: number, high: number): number {
  return low + Math.ceil((high - low) / 2);
}

/** Anyone can send ICMP, and old routers say 0: nobody refuses what is smaller than what they take, or took before. */
function isPlausible(outcome: Outcome, least: number, size: number): outcome is { tooBig: number } {
  return typeof outcome === "object" && outcome.tooBig >= least && outcome.tooBig < size;
}

export interface SendOptions {
  mtu: number;
  base: number;
  budget: number;
}

export async function sendMessage(
  path: Path,
  message: Uint8Array,
  { mtu, base, budget }: SendOptions,
): Promise<number> {
  let losses = 0; // of this piece, one after the other
  for (let offset = 0; offset < message.length;) {
    const piece = message.subarray(offset, offset + mtu - DATAGRAM_HEADERS);
    const size = piece.length + DATAGRAM_HEADERS;
    const outcome = await path.send(offset, piece);
    if (outcome === "acked") {
      offset += piece.length;
      losses = 0;
    } else if (isPlausible(outcome, base, size)) {
      mtu = outcome.tooBig;
    } else if (++losses === MAX_PROBES) {
      // Smaller packets help only where they get through.
      if (size <= base)
        throw new MtuError("NO_PATH", `Expected ${size} bytes to get through, got ${losses} losses`);
      mtu = await searchPathMtu(path, { base, max: size - 1, budget });
      losses = 0;
    }
  }
  return mtu;
}
