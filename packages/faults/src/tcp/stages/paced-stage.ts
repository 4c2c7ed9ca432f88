import { chance } from "../../chance.ts";
import type { BandwidthFault, LatencyFault, SliceFault, SlowCloseFault } from "../fault.ts";
import { isBytes, type Item, type Place, type Stage } from "./stage.ts";

/** When bytes go on, and in pieces of which size. All times in ms. */
export interface Pace {
  /** Longest piece in bytes. */
  size: number;
  /** Of an item as it comes: how long it stays, if that is not a matter of what goes before it. */
  stay?: (item: Item) => number;
  /** Between the piece before, or the item's coming if that was later, and this one of `length` bytes (FIN has 0). */
  after?: (length: number) => number;
  /** At least between two pieces. */
  gap?: number;
  /** Lets others run between two pieces, so that a reader has a chance to see each. */
  yields?: boolean;
  /** The record of `length` bytes that came, to stay for `ms`. */
  record?: (length: number, ms: number) => string;
}

export function slice({ bytes, gap = 0 }: SliceFault): Pace {
  const pieces = `sliced into pieces of ${bytes}, ${gap} ms apart`;
  return { size: bytes, gap, yields: true, record: (length) => `${length} bytes ${pieces}` };
}

export function latency({ ms, jitter = 0, seed = 1 }: LatencyFault, place: Place): Pace {
  let drawn = 0;
  const way = place.direction === "toServer" ? 1 : 2;
  const jittered = (): number => jitter * (2 * chance(seed, place.connection, way, ++drawn) - 1);
  return {
    size: Infinity,
    stay: () => Math.max(0, ms + (jitter > 0 ? jittered() : 0)),
    record: (length, stay) => `${length} bytes held for ${stay.toFixed(1)} ms`,
  };
}

export function bandwidth({ bytesPerSecond }: BandwidthFault): Pace {
  // A hundred pieces a second run smoothly enough.
  const size = Math.max(1, Math.floor(bytesPerSecond / 100));
  const after = (length: number): number => (1000 * length) / bytesPerSecond;
  return { size, after, record: (length) => `${length} bytes at ${bytesPerSecond} a second` };
}

export function slowClose({ ms }: SlowCloseFault): Pace {
  return { size: Infinity, stay: (item) => (isBytes(item) ? 0 : ms) };
}

/** Holds items until they are due, in order. */
export class PacedStage implements Stage {
  held = 0;
  readonly #pace: Pace;
  readonly #place: Place;
  /** `at`: when it came; `stay`: how long after that it may go on at the earliest. */
  readonly #queue: { item: Item; at: number; stay: number }[] = [];
  #previous = -Infinity;
  #timer: unknown;
  #turn: NodeJS.Immediate | undefined;

  constructor(pace: Pace, place: Place) {
    this.#pace = pace;
    this.#place = place;
  }

  take(item: Item): void {
    const stay = this.#pace.stay?.(item) ?? 0;
    if (isBytes(item)) {
      this.held += item.length;
      if (this.#pace.record) this.#place.record(this.#pace.record(item.length, stay));
    } else if (stay > 0) {
      this.#place.record(`${item.by} held for ${stay.toFixed(1)} ms`);
    }
    this.#queue.push({ item, at: this.#place.timers.now(), stay });
    if (this.#queue.length === 1 && this.#turn === undefined) this.#run();
  }

  release(): Item[] {
    if (this.#timer !== undefined) this.#place.timers.clearTimeout(this.#timer);
    clearImmediate(this.#turn);
    this.held = 0;
    return this.#queue.splice(0).map(({ item }) => item);
  }

  #run(): void {
    this.#timer = undefined;
    this.#turn = undefined;
    for (let next = this.#queue[0]; next !== undefined; next = this.#queue[0]) {
      const wait = this.#due(next) - this.#place.timers.now();
      if (wait > 0) {
        this.#timer = this.#place.timers.setTimeout(() => this.#run(), wait);
        return;
      }
      this.#passPiece(next);
      if (this.#pace.yields) {
        this.#turn = setImmediate(() => this.#run());
        return;
      }
    }
  }

  #due({ item, at, stay }: { item: Item; at: number; stay: number }): number {
    const { size, after, gap = 0 } = this.#pace;
    const length = isBytes(item) ? Math.min(item.length, size) : 0;
    const between = length > 0 ? gap : 0;
    return Math.max(at + stay, this.#previous + between) + (after?.(length) ?? 0);
  }

  #passPiece(next: { item: Item; at: number; stay: number }): void {
    // by the plan, not by when the timer got its turn: else each piece would add the machine's lateness to the next
    this.#previous = this.#due(next);
    const { item } = next;
    if (!isBytes(item) || item.length <= this.#pace.size) {
      this.#queue.shift();
      if (isBytes(item)) this.held -= item.length;
      this.#place.pass(item);
      return;
    }
    next.item = item.subarray(this.#pace.size);
    this.held -= this.#pace.size;
    this.#place.pass(item.subarray(0, this.#pace.size));
  }
}
