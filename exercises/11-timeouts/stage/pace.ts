import { setTimeout as sleep } from "node:timers/promises";

/** Sixteen pieces, one each `interval` ms, and the longest time that one has taken indeed. */
export class Pace {
  longest = 0;
  readonly #interval: number;

  constructor(interval: number) {
    this.#interval = interval;
  }

  async keep(piece: () => unknown): Promise<void> {
    const start = performance.now();
    for (let [count, last] = [1, start]; count <= 16; count++, last = performance.now()) {
      await sleep(Math.max(1, start + count * this.#interval - performance.now()));
      await piece();
      this.longest = Math.max(this.longest, performance.now() - last);
    }
  }
}
