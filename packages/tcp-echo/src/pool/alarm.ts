import type { Timers } from "./timers.ts";

/** Longest delay of a Node timer: it counts milliseconds in 31 bits. */
const MAX_DELAY = 2 ** 31 - 1;

/**
 * One timer for many deadlines. It is set for the nearest one that it has heard of and stays set when that one is called
 * off, so that it costs nothing to wait for a thing that comes in time.
 */
export class Alarm {
  readonly #timers: Timers;
  readonly #ring: (now: number) => number;
  #timer: unknown;
  #at = Number.POSITIVE_INFINITY;
  #held = false;

  /** `ring` does what is due at `now` and returns the next deadline, or Infinity. */
  constructor(timers: Timers, ring: (now: number) => number) {
    this.#timers = timers;
    this.#ring = ring;
  }

  /** Rings at `at` or before, in ms of `timers.now()`. */
  by(at: number): void {
    if (at >= this.#at) return;
    this.stop();
    this.#at = at;
    const delay = Math.min(Math.max(1, Math.ceil(at - this.#timers.now())), MAX_DELAY);
    this.#timer = this.#timers.setTimeout(() => this.#due(), delay);
    this.hold(this.#held);
  }

  /** Whether the timer keeps the process alive. At first it does not. */
  hold(held: boolean): void {
    this.#held = held;
    const timer = this.#timer as { ref?(): void; unref?(): void } | undefined;
    if (held) timer?.ref?.();
    else timer?.unref?.();
  }

  stop(): void {
    this.#timers.clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#at = Number.POSITIVE_INFINITY;
  }

  #due(): void {
    this.#timer = undefined;
    this.#at = Number.POSITIVE_INFINITY;
    this.by(this.#ring(this.#timers.now()));
  }
}
