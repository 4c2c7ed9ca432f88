import { stream, type Shape } from "./cases.ts";
import type { Peer, Sink } from "./peer.ts";

/** Milliseconds: a peer that needs longer for one pass is left out. It would take minutes, and the answer is known. */
export const PASS_LIMIT = 600;
/** Milliseconds of CPU each contender is given before its clock runs, and in each round; and for a first look. */
const PROBE = 20;
const WARM_UP = 150;
const ROUND = 30;

/** Bytes of the buffer in which the limit reads: as much as a chunk, small enough for the nearest cache. */
const LIMIT_LENGTH = 16_384;

/** Something that can be timed: one pass over its stream, which throws unless every frame came whole. */
export interface Contender {
  name: string;
  pass(): void | Promise<void>;
}

/** A peer over one stream. */
export function contender(peer: Peer, shape: Shape): Contender {
  const chunks = stream(peer, shape);
  // frames and bytes; in an array, because V8 would put a captured variable on the heap at each change
  const seen = new Int32Array(2);
  const sink: Sink = (_, start, end) => {
    seen[0]!++;
    seen[1]! += end - start;
  };
  return {
    name: peer.name,
    async pass() {
      seen.fill(0);
      await peer.decode(chunks, sink);
      if (seen[0] !== shape.frames || seen[1] !== shape.frames * shape.frameLength) {
        throw new Error(
          `${peer.name}: expected ${shape.frames} frames, got ${seen[0]} with ${seen[1]} bytes`,
        );
      }
    },
  };
}

/** What cannot be beaten: reading the lengths in one buffer, or for one long frame copying the chunks into memory at hand. */
export function limit(peer: Peer, shape: Shape): Contender {
  const { frames, frameLength } = shape;
  const chunks = stream(peer, frames === 1 ? shape : { ...shape, chunkLength: LIMIT_LENGTH });
  const bytes = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
  copyAll(chunks, bytes);
  const rounds = Math.ceil((frames * (4 + frameLength)) / LIMIT_LENGTH);
  const lengths = new DataView(
    bytes.buffer,
    0,
    frames === 1 ? 0 : Math.ceil(frames / rounds) * (4 + frameLength),
  );
  return {
    name: "limit",
    pass() {
      if (frames === 1) copyAll(chunks, bytes);
      else if (addLengths(lengths, rounds) < frames * frameLength) throw new Error("limit: wrong lengths");
    },
  };
}

/** Median milliseconds of a pass for each contender, in rounds in which all take turns. Who is far too slow is left out. */
export async function race(contenders: readonly Contender[], rounds: number): Promise<Map<string, number>> {
  let entrants: { contender: Contender; times: number[] }[] = [];
  for (const contender of contenders) {
    // one round before the clock runs, in which V8 compiles what is hot
    await time(contender, WARM_UP);
    entrants.push({ contender, times: [] });
  }
  for (let round = 0; round < rounds; round++) {
    for (const { contender, times } of entrants) times.push(await time(contender, ROUND));
    entrants = entrants.filter(({ times }) => times[round]! <= PASS_LIMIT);
  }
  return new Map(entrants.map(({ contender, times }) => [contender.name, median(times)]));
}

/** Why a pass over a long frame cannot be had, if so: told from how the cost grows from 1/256 to 1/64 of it. */
export async function obstacle(peer: Peer, shape: Shape): Promise<"too slow" | "fails" | undefined> {
  if (shape.frames > 1) return undefined;
  const part = (divisor: number) =>
    time(contender(peer, { ...shape, frameLength: shape.frameLength / divisor }), PROBE);
  try {
    const [small, large] = [await part(256), await part(64)];
    // from 1/64 to the whole is three more such steps
    if (large * (large / small) ** 3 > PASS_LIMIT && large > PASS_LIMIT / 64) return "too slow";
    await contender(peer, shape).pass();
  } catch {
    return "fails";
  }
  return undefined;
}

/**
 * Milliseconds a pass takes, on average over at least `least` of them. This thread's CPU time: what else the machine does
 * meanwhile hardly counts. The kernel may tell it in steps of 4 ms.
 */
async function time(contender: Contender, least: number): Promise<number> {
  const before = process.threadCpuUsage();
  for (let passes = 1; ; passes++) {
    await contender.pass();
    const { user, system } = process.threadCpuUsage(before);
    if (user + system >= least * 1000) return (user + system) / 1000 / passes;
  }
}

/** Reads all lengths, again and again. */
function addLengths(wire: DataView, rounds: number): number {
  const last = wire.byteLength - 4;
  let sum = 0;
  for (let round = 0; round < rounds; round++) {
    for (let at = 0; at <= last;) {
      const length = wire.getInt32(at);
      // never so, but V8 leaves its own checks out for it
      if (length < 0 || length > last - at) break;
      sum = (sum + length) | 0;
      at = (at + 4 + length) | 0;
    }
  }
  return sum;
}

function copyAll(chunks: readonly Uint8Array[], into: Uint8Array): void {
  let at = 0;
  for (const chunk of chunks) {
    into.set(chunk, at);
    at += chunk.length;
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}
