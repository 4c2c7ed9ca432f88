import { inject } from "vitest";
import { Seed } from "../seed.ts";

/**
 * Numbers and bytes that look random and can be had again: the same seed gives the same ones. For test data, not for secrets.
 *
 * Two generators, joined by XOR. Mulberry32 goes by the seed's lowest 32 bits, as it did when a seed had no more: what was
 * recorded for such seeds (mistakes/NN-name/<name>/failure.txt) is made of its numbers alone. The other 96 bits are the state of
 * a xorshift128 (Marsaglia, Xorshift RNGs, 2003, section 3.1), which gives nothing but 0 when all of its state is 0, and so
 * leaves those recorded runs as they were.
 */
export class Random {
  #mulberry: number;
  // Marsaglia's names.
  #x: number;
  #y: number;
  #z: number;
  #w: number;

  constructor(seed: Seed) {
    this.#mulberry = seed.lower;
    [this.#x, this.#y, this.#z] = seed.upper;
    // w depends on the lowest bits, so that seeds that differ by a salt have nothing in common from the first number on.
    this.#w = seed.upper.some((word) => word !== 0) ? mix(seed.lower) : 0;
  }

  /** A whole number from `least` to `most`, both included. */
  integer(least: number, most: number): number {
    return least + Math.floor(this.#next() * (most - least + 1));
  }

  bytes(count: number): Uint8Array {
    const bytes = new Uint8Array(count);
    // As `integer(0, 255)`: the upper eight bits. Some suites ask for megabytes.
    for (let at = 0; at < count; at++) bytes[at] = this.#word() >>> 24;
    return bytes;
  }

  /** From 0 up to, not including, 1. */
  #next(): number {
    return this.#word() / 4294967296;
  }

  /** From 0 to 2³² − 1. */
  #word(): number {
    this.#mulberry = (this.#mulberry + 0x6d2b79f5) >>> 0;
    return (mix(this.#mulberry) ^ this.#shift()) >>> 0;
  }

  #shift(): number {
    const t = this.#x ^ (this.#x << 11);
    this.#x = this.#y;
    this.#y = this.#z;
    this.#z = this.#w;
    this.#w = this.#w ^ (this.#w >>> 19) ^ t ^ (t >>> 8);
    return this.#w;
  }
}

/** Mulberry32's own scrambling of its counter. */
function mix(state: number): number {
  let mixed = Math.imul(state ^ (state >>> 15), state | 1);
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
  return (mixed ^ (mixed >>> 14)) >>> 0;
}

/** This run's seed: fresh each time, in the verdict, and set by `pnpm test 04 --seed N` to have a run again. */
export function seed(): Seed {
  const given = inject("answerSeed");
  return given === undefined ? (fallback ??= Seed.fresh()) : Seed.parse(given);
}

/** For a suite that is run without the grader. */
let fallback: Seed | undefined;
