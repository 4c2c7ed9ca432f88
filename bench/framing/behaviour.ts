import { Buffer } from "node:buffer";
import { wire } from "./cases.ts";
import type { Peer } from "./peer.ts";

/** What speed does not show. */
export interface Behaviour {
  /** Do frames that are kept to the end of the stream stay as they were given? */
  intact: boolean;
  keepsEmptyFrames: boolean;
  /** Bytes taken on sight of a header that declares 1 GiB; undefined where the format cannot say so. */
  takenFor1GiB: number | undefined;
}

export async function behaviour(peer: Peer): Promise<Behaviour> {
  return {
    intact: await isIntact(peer),
    keepsEmptyFrames: await keepsEmptyFrames(peer),
    takenFor1GiB: await takenFor1GiB(peer),
  };
}

/** 500 frames of 1 to 300 bytes in chunks of 1 to 200, each in memory of its own as a socket's are. */
async function isIntact(peer: Peer): Promise<boolean> {
  const random = seeded(20_261_122);
  const bodies = Array.from({ length: 500 }, (_, frame) => Buffer.alloc(1 + random(300), frame % 251));
  const bytes = wire(peer, bodies);
  const chunks: Buffer[] = [];
  for (let at = 0; at < bytes.length;) {
    const chunk = Buffer.from(bytes.subarray(at, at + 1 + random(200)));
    chunks.push(chunk);
    at += chunk.length;
  }
  const kept: [Uint8Array, number, number][] = [];
  await peer.decode(chunks, (frame, start, end) => {
    const body = bodies[kept.length];
    if (body === undefined || !equal(frame, start, end, body))
      throw new Error(`${peer.name}: frame ${kept.length} is wrong`);
    kept.push([frame, start, end]);
  });
  if (kept.length !== bodies.length)
    throw new Error(`${peer.name}: expected ${bodies.length} frames, got ${kept.length}`);
  return kept.every(([frame, start, end], index) => equal(frame, start, end, bodies[index]!));
}

async function keepsEmptyFrames(peer: Peer): Promise<boolean> {
  const bodies = [1, 0, 0, 2].map((length) => Buffer.alloc(length));
  const lengths: number[] = [];
  await peer.decode([wire(peer, bodies)], (_, start, end) => lengths.push(end - start));
  return lengths.join() === "1,0,0,2";
}

async function takenFor1GiB(peer: Peer): Promise<number | undefined> {
  if (peer.longest !== undefined) return undefined;
  let taken = 0;
  function* source() {
    globalThis.gc?.(); // else what an earlier peer took is given back meanwhile
    const before = process.memoryUsage().arrayBuffers;
    yield Buffer.concat([peer.header(2 ** 30), Buffer.alloc(3)]);
    taken = process.memoryUsage().arrayBuffers - before;
  }
  try {
    await peer.decode(source(), () => {});
  } catch {
    // the frame is never completed: an error at the end of the stream is right
  }
  return taken;
}

function equal(frame: Uint8Array, start: number, end: number, body: Buffer): boolean {
  return Buffer.from(frame.buffer, frame.byteOffset + start, end - start).equals(body);
}

/** Whole numbers below `limit`, the same in every run. */
function seeded(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff;
    return (state >>> 8) % limit;
  };
}
