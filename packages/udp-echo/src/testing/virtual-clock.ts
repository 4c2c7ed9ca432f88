import type { Clock } from "../clock.ts";

/** A clock that stands still until a test advances it: minutes of back-off in no time, and the same each run. */
export class VirtualClock implements Clock {
  #now = 0;
  #order = 0;
  readonly #timers = new Map<number, { at: number; action: () => void }>();

  now(): number {
    return this.#now;
  }

  after(ms: number, action: () => void): () => void {
    const order = this.#order++;
    this.#timers.set(order, { at: this.#now + ms, action });
    return () => this.#timers.delete(order);
  }

  /** Timers that wait: what a test looks at to see that none was forgotten. */
  get pending(): number {
    return this.#timers.size;
  }

  /** Lets `ms` pass; what falls due runs at its own time, in order, and promises settle in between. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    for (;;) {
      await settle();
      const due = [...this.#timers].filter(([, { at }]) => at <= end);
      const next = due.toSorted(([a, x], [b, y]) => x.at - y.at || a - b)[0];
      if (!next) break;
      const [order, { at, action }] = next;
      this.#timers.delete(order);
      this.#now = Math.max(this.#now, at);
      action();
    }
    this.#now = end;
    await settle();
  }
}

/** Until all microtasks that are due have run. */
async function settle(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}
