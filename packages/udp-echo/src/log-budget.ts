import type { Clock } from "./clock.ts";

/**
 * At most so many lines of a kind each second: a flood of datagrams must not become a flood of lines. What is left out
 * is counted, and the next line that is let through says how many.
 */
export class LogBudget {
  readonly #clock: Clock;
  readonly #perSecond: number;
  readonly #kinds = new Map<string, { since: number; used: number; suppressed: number }>();

  constructor(perSecond: number, clock: Clock) {
    this.#perSecond = perSecond;
    this.#clock = clock;
  }

  /** Lines of this kind left out since the last that was let through; undefined when this one is to be left out too. */
  take(kind: string): { suppressed: number } | undefined {
    const now = this.#clock.now();
    let state = this.#kinds.get(kind);
    if (!state) this.#kinds.set(kind, (state = { since: now, used: 0, suppressed: 0 }));
    if (now - state.since >= 1000) {
      state.since = now;
      state.used = 0;
    }
    if (state.used >= this.#perSecond) {
      state.suppressed++;
      return undefined;
    }
    state.used++;
    const { suppressed } = state;
    state.suppressed = 0;
    return { suppressed };
  }
}
