import { Buffer } from "node:buffer";
import type { Peer } from "./peer.ts";

/** So many frames of so many bytes, cut into chunks of so many. */
export interface Shape {
  frames: number;
  frameLength: number;
  chunkLength: number;
}

/** One way a stream can come. */
export interface Case extends Shape {
  title: string;
  unit: "M frames/s" | "MB/s";
  /** How often the best of the others we want to be. */
  target: number;
}

export const cases: Record<string, Case> = {
  a: {
    title: "64-byte frames in 64 KiB chunks",
    unit: "M frames/s",
    frames: 15_420,
    frameLength: 64,
    chunkLength: 65_536,
    target: 1.5,
  },
  b: {
    title: "1 KiB frames in 1448-byte chunks",
    unit: "M frames/s",
    frames: 1000,
    frameLength: 1024,
    chunkLength: 1448,
    target: 1,
  },
  c: {
    title: "a 64 MiB frame in 1448-byte chunks",
    unit: "MB/s",
    frames: 1,
    frameLength: 2 ** 26,
    chunkLength: 1448,
    target: 1,
  },
  d: {
    title: "16-byte frames one byte at a time",
    unit: "M frames/s",
    frames: 1000,
    frameLength: 16,
    chunkLength: 1,
    target: 3,
  },
};

/**
 * The chunks of a stream as this peer writes it: Buffers, as a socket gives them. Single bytes come from a table of 256, so
 * that the decoders are measured and not the cache.
 */
export function stream(peer: Peer, { frames, frameLength, chunkLength }: Shape): Buffer[] {
  const pieces = payloads(frames, frameLength).flatMap((body) => framed(peer, body));
  if (chunkLength > 1) return cut(pieces, chunkLength);
  const table = Array.from({ length: 256 }, (_, byte) => Buffer.from([byte]));
  return Array.from(Buffer.concat(pieces), (byte) => table[byte]!);
}

/** The frames as this peer writes them, in one Buffer. */
export function wire(peer: Peer, bodies: readonly Buffer[]): Buffer {
  return Buffer.concat(bodies.flatMap((body) => framed(peer, body)));
}

const made = new Map<string, Buffer[]>();

/** Payloads that differ from those beside them; the same ones for all peers, since 64 MiB for each would be much. */
function payloads(frames: number, length: number): Buffer[] {
  const key = `${frames} × ${length}`;
  const pattern = Buffer.from(Array.from({ length: 251 }, (_, index) => index));
  const bodies =
    made.get(key) ??
    Array.from({ length: frames }, (_, frame) => Buffer.alloc(length, pattern.subarray(frame % 250)));
  made.set(key, bodies);
  return bodies;
}

function framed(peer: Peer, body: Buffer): Buffer[] {
  const { longest = Infinity } = peer;
  if (body.length <= longest) return [peer.header(body.length), body];
  return [
    peer.header(longest + 1),
    body.subarray(0, longest + 1),
    ...framed(peer, body.subarray(longest + 1)),
  ];
}

/** Chunks of `length` bytes; one that lies within a piece is a view of it. */
function cut(pieces: readonly Buffer[], length: number): Buffer[] {
  const chunks: Buffer[] = [];
  let parts: Buffer[] = [];
  let room = length;
  for (const piece of pieces) {
    for (let at = 0; at < piece.length;) {
      const part = piece.subarray(at, at + room);
      parts.push(part);
      at += part.length;
      room -= part.length;
      if (room > 0) continue;
      chunks.push(parts.length === 1 ? part : Buffer.concat(parts));
      parts = [];
      room = length;
    }
  }
  if (parts.length > 0) chunks.push(Buffer.concat(parts));
  return chunks;
}
