import { randomInt } from "node:crypto";
import { NetError } from "@tcpip-workshop/core/net-error";
import {
  expectDelay,
  type DatagramFate,
  type DatagramPlace,
  type DatagramSchedule,
} from "./datagram-faults.ts";

/** Shares from 0 to 1 of the datagrams; each fault is drawn for itself. */
export interface SeededDatagramsOptions {
  /** 0 to 2³²−1. Fresh when left out; it stands in the relay's first record, for a replay. */
  seed?: number;
  drop?: number;
  duplicate?: number;
  /** Held until the next one has passed. */
  reorder?: number;
  corrupt?: number;
  /** A share of them is late by between `least` and `most` milliseconds. */
  delay?: { share: number; least: number; most: number };
}

/** A schedule that a seed decides. */
export interface SeededDatagrams extends DatagramSchedule {
  readonly seed: number;
}

/**
 * Faults by chance that can be replayed: seed, direction, position (and flow, where positions are counted by flow)
 * decide, whatever the timing and whatever came before. Throws `ARGUMENT_INVALID`.
 */
export function seededDatagrams(options: SeededDatagramsOptions): SeededDatagrams {
  const { seed = randomInt(2 ** 32), drop = 0, duplicate = 0, reorder = 0, corrupt = 0, delay } = options;
  if (!Number.isInteger(seed) || seed < 0 || seed >= 2 ** 32) {
    throw new NetError("ARGUMENT_INVALID", `Expected a seed from 0 to 4294967295, got ${seed}`);
  }
  const shares = { drop, duplicate, reorder, corrupt, delay: delay?.share ?? 0 };
  for (const [fault, share] of Object.entries(shares)) {
    if (!(share >= 0 && share <= 1)) {
      throw new NetError("ARGUMENT_INVALID", `Expected for ${fault} a share from 0 to 1, got ${share}`);
    }
  }
  if (delay !== undefined) {
    expectDelay(delay.least);
    expectDelay(delay.most);
    if (delay.most < delay.least) {
      throw new NetError(
        "ARGUMENT_INVALID",
        `Expected a delay of at least ${delay.least} ms, got ${delay.most}`,
      );
    }
  }
  const named = Object.entries(shares).filter(([, share]) => share > 0);
  return {
    seed,
    name: [`seed ${seed}`, ...named.map(([fault, share]) => `${fault} ${share}`)].join(", "),
    fateOf(place): DatagramFate {
      // Every draw has a number of its own: a share that changes leaves the other faults where they were.
      const draw = (n: number): number => chance(seed, place, n);
      if (draw(1) < drop) return { drop: true };
      return {
        ...(draw(2) < duplicate && { duplicate: true }),
        ...(draw(3) < reorder && { after: place.position + 1 }),
        ...(draw(4) < corrupt && { corrupt: Math.floor(draw(5) * 65_536) }),
        ...(delay !== undefined &&
          draw(6) < delay.share && { delay: delay.least + draw(7) * (delay.most - delay.least) }),
      };
    },
  };
}

/** From 0 to below 1, by a hash instead of a sequence: nothing depends on how often it was asked before. */
function chance(seed: number, { position, direction, flow }: DatagramPlace, draw: number): number {
  const parts = [direction === "toServer" ? 1 : 2, flow, position, draw];
  return parts.reduce((hash, part) => mix(hash ^ Math.imul(part, 0x9e37_79b9)), mix(seed)) / 2 ** 32;
}

/** The finalizer of MurmurHash3 (Appleby, `fmix32`): each bit that goes in changes half of those that come out. */
function mix(hash: number): number {
  let h = hash;
  h = Math.imul(h ^ (h >>> 16), 0x85eb_ca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2_ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
