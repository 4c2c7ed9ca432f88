import { randomInt } from "node:crypto";
import { NetError } from "@tcpip-workshop/core/net-error";
import { chance } from "../chance.ts";
import type { Direction } from "../record.ts";
import {
  expectDelay,
  type DatagramFate,
  type DatagramFaults,
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
  /** What it does to the first datagrams, as a list that can be printed, pasted in its place, and made smaller. */
  explicit(datagrams: number, direction: Direction, flow?: number): DatagramFaults;
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
  const fateOf: DatagramSchedule["fateOf"] = ({ position, direction, flow }) => {
    // Every draw has a number of its own: a share that changes leaves the other faults where they were.
    const way = direction === "toServer" ? 1 : 2;
    const draw = (n: number): number => chance(seed, way, flow, position, n);
    if (draw(1) < drop) return { drop: true };
    return {
      ...(draw(2) < duplicate && { duplicate: true }),
      ...(draw(3) < reorder && { after: position + 1 }),
      ...(draw(4) < corrupt && { corrupt: Math.floor(draw(5) * 65_536) }),
      ...(delay !== undefined &&
        draw(6) < delay.share && { delay: delay.least + draw(7) * (delay.most - delay.least) }),
    };
  };
  return {
    seed,
    name: [`seed ${seed}`, ...named.map(([fault, share]) => `${fault} ${share}`)].join(", "),
    fateOf,
    explicit: (datagrams, direction, flow = 1) =>
      listOf(
        Array.from({ length: datagrams }, (_, index) => [
          index + 1,
          fateOf({ position: index + 1, direction, flow }),
        ]),
      ),
  };
}

function listOf(fates: [position: number, fate: DatagramFate][]): DatagramFaults {
  const entries = <T>(pick: (fate: DatagramFate) => T | undefined): [number, T][] =>
    fates.flatMap(([position, fate]) => {
      const picked = pick(fate);
      return picked === undefined ? [] : [[position, picked] as [number, T]];
    });
  return {
    drop: entries((fate) => fate.drop).map(([position]) => position),
    duplicate: entries((fate) => fate.duplicate).map(([position]) => position),
    reorder: entries((fate) => fate.after),
    corrupt: Object.fromEntries(entries((fate) => fate.corrupt)),
    delay: Object.fromEntries(entries((fate) => fate.delay)),
  };
}
