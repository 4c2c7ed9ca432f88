import type { Timers } from "./timers.ts";

/**
 * At most so many of a kind each second: a flood of datagrams must not become a flood of log lines. What is left out is
 * counted, and the next one that is let through says how many.
 */
export class EventBudget {
  readonly #timers: Timers;
  readonly #perSecond: number;
  readonly #kinds = new Map<string, { since: number; used: number; suppressed: number }>();

  constructor(perSecond: number, timers: Timers) {
    this.#perSecond = perSecond;
    this.#timers = timers;
  }

  /** How many of this kind were left out since the last one let through; undefined when this one is left out too. */
  take(kind: string): number | undefined {
    const now = this.#timers.now();
    const known = this.#kinds.get(kind);
    const state = known && now - known.since < 1000 ? known : this.#renew(kind, known?.suppressed ?? 0, now);
    if (state.used >= this.#perSecond) {
      state.suppressed++;
      return undefined;
    }
    state.used++;
    const { suppressed } = state;
    state.suppressed = 0;
    return suppressed;
  }

  #renew(kind: string, suppressed: number, now: number): { used: number; suppressed: number } {
    const state = { since: now, used: 0, suppressed };
    this.#kinds.set(kind, state);
    return state;
  }
}
