import { NetError } from "@tcpip-workshop/core/net-error";
import type { Direction } from "../record.ts";

/**
 * Faults by position: the first datagram in a direction is 1. A datagram may have several, except that one dropped has
 * no other.
 */
export interface DatagramFaults {
  /** Never passed on. */
  drop?: readonly number[];
  /** Passed on twice, one copy right behind the other. */
  duplicate?: readonly number[];
  /** `[1, 2]`: 1 is held until 2 has passed. The second is the later one. */
  reorder?: readonly (readonly [number, number])[];
  /** Milliseconds by position: `{ 3: 50 }`. */
  delay?: Readonly<Record<number, number>>;
  /**
   * One byte is inverted, as what a weak checksum lets through: the last one, or by position the one at an index
   * (modulo the length; negative counts from the end): `{ 4: 0 }`.
   */
  corrupt?: readonly number[] | Readonly<Record<number, number>>;
}

/** Which datagram a schedule is asked about. */
export interface DatagramPlace {
  /** Counted from 1 in its direction. */
  position: number;
  direction: Direction;
  /** The client's number, from 1, in the order of the first datagram. */
  flow: number;
}

/** What happens to one datagram; `{}` is nothing. */
export interface DatagramFate {
  drop?: boolean;
  duplicate?: boolean;
  /** Held until the datagram at this later position has passed. */
  after?: number;
  /** Milliseconds, counted from when it is no longer held. */
  delay?: number;
  /** Index of the byte to invert, taken modulo the length; negative counts from the end. */
  corrupt?: number;
}

/** Decides by position, never by time: the same place always gets the same fate. */
export interface DatagramSchedule {
  /** For the first record: the seed, or `as listed`. */
  readonly name: string;
  fateOf(place: DatagramPlace): DatagramFate;
}

/** A schedule of listed faults. Throws `ARGUMENT_INVALID`. */
export function listedFaults(faults: DatagramFaults = {}): DatagramSchedule {
  const fates = new Map<number, DatagramFate>();
  const add = (position: number, fate: DatagramFate): void => {
    expectPosition(position);
    fates.set(position, { ...fates.get(position), ...fate });
  };
  for (const position of faults.drop ?? []) add(position, { drop: true });
  for (const position of faults.duplicate ?? []) add(position, { duplicate: true });
  for (const [position, index] of corruptions(faults.corrupt ?? [])) {
    if (!Number.isSafeInteger(index)) {
      throw new NetError("ARGUMENT_INVALID", `Expected the index of a byte, got ${index} at ${position}`);
    }
    add(position, { corrupt: index });
  }
  for (const [position, delay] of Object.entries(faults.delay ?? {})) {
    expectDelay(delay);
    add(Number(position), { delay });
  }
  for (const [position, after] of faults.reorder ?? []) {
    expectPosition(after);
    if (after <= position) {
      const got = `[${position}, ${after}]`;
      throw new NetError(
        "ARGUMENT_INVALID",
        `Expected to hold a datagram until a later one has passed, got ${got}`,
      );
    }
    if (fates.get(position)?.after !== undefined) {
      throw new NetError("ARGUMENT_INVALID", `Expected datagram ${position} held once, got it held twice`);
    }
    add(position, { after });
  }
  for (const [position, fate] of fates) {
    if (fate.drop === true && Object.keys(fate).length > 1) {
      const other = Object.keys(fate).find((key) => key !== "drop");
      throw new NetError(
        "ARGUMENT_INVALID",
        `Expected no other fault where one drops, got ${other} at ${position}`,
      );
    }
  }
  return {
    name: fates.size === 0 ? "none" : "as listed",
    fateOf: ({ position }) => fates.get(position) ?? {},
  };
}

function corruptions(corrupt: NonNullable<DatagramFaults["corrupt"]>): [position: number, index: number][] {
  if (isList(corrupt)) return corrupt.map((position) => [position, -1]);
  return Object.entries(corrupt).map(([position, index]) => [Number(position), index]);
}

/** Array.isArray does not narrow a readonly array. */
function isList(corrupt: object): corrupt is readonly number[] {
  return Array.isArray(corrupt);
}

/** Throws `ARGUMENT_INVALID` unless a timer takes it: 0 to 2³¹−1 ms. */
export function expectDelay(ms: number): void {
  if (!(ms >= 0 && ms <= MOST_MS)) {
    throw new NetError("ARGUMENT_INVALID", `Expected a delay from 0 to ${MOST_MS} ms, got ${ms}`);
  }
}

function expectPosition(position: number): void {
  if (!Number.isSafeInteger(position) || position < 1) {
    throw new NetError("ARGUMENT_INVALID", `Expected a position from 1 on, got ${position}`);
  }
}

const MOST_MS = 2 ** 31 - 1;
