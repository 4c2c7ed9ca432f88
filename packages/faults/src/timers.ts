import type { Timers } from "@tcpip-workshop/core/deadline";

export type { Timers };

export const realTimers: Timers = {
  now: () => performance.now(),
  setTimeout: (run, ms) => setTimeout(run, ms),
  clearTimeout: (timer) => clearTimeout(timer as NodeJS.Timeout),
};

/** Stands still until a test moves it: `timers.advance(200)` runs what is due, in order, at its own time. */
export class VirtualTimers implements Timers {
  #now = 0;
  #last = 0;
  readonly #due = new Map<number, { at: number; run: () => void }>();

  now(): number {
    return this.#now;
  }

  /** How many are waiting. */
  get waiting(): number {
    return this.#due.size;
  }

  setTimeout(run: () => void, ms: number): unknown {
    this.#due.set(++this.#last, { at: this.#now + Math.max(0, ms), run });
    return this.#last;
  }

  clearTimeout(timer: unknown): void {
    this.#due.delete(timer as number);
  }

  /** Goes `ms` milliseconds ahead. What a timer sets runs too, when it is due by then. */
  advance(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      // the first set goes first among equals: a Map keeps the order, and sorting is stable
      const [next] = [...this.#due].filter(([, { at }]) => at <= end).toSorted((a, b) => a[1].at - b[1].at);
      if (next === undefined) break;
      const [timer, { at, run }] = next;
      this.#due.delete(timer);
      this.#now = at;
      run();
    }
    this.#now = end;
  }
}
