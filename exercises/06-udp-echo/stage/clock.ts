import { expect, step } from "@tcpip-workshop/grader/suite";
import { counted } from "./figures.ts";
import { until } from "./until.ts";

/** The client's `wait`: waits that last until the test ends them; from `first` on, `count` of them end at once. */
export class Clock {
  readonly waits: number[] = [];
  readonly #ends: (() => void)[] = [];
  readonly #over = new Set<number>();
  readonly #first: number;
  readonly #count: number;

  constructor(first = 0, count = 0) {
    this.#first = first;
    this.#count = count;
  }

  readonly wait = async (milliseconds: number, signal?: AbortSignal): Promise<void> => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const index = this.waits.push(milliseconds) - 1;
    const abort = () => {
      this.#over.add(index);
      reject(signal?.reason as Error);
    };
    signal?.addEventListener("abort", abort, { once: true });
    if (signal?.aborted === true) abort();
    this.#ends.push(resolve);
    if (index >= this.#first && index < this.#first + this.#count) resolve();
    await promise;
  };

  async isAsked(
    count: number,
    rule = "After it has sent, the client waits by its `wait` option",
  ): Promise<void> {
    const received = () => counted(this.waits.length, "wait");
    await until(() => this.waits.length >= count, rule, { expected: counted(count, "wait"), received });
    expect(this.waits.length, `${rule}: no more than that`).toBe(count);
  }

  /** The wait at `index` is asked for, as the last one so far, and ends. */
  async runsOut(index: number, rule?: string): Promise<void> {
    await this.isAsked(index + 1, rule);
    step("the wait ends");
    this.expire(index);
  }

  expire(index: number): void {
    this.#ends[index]?.();
  }

  async isOver(index: number, rule: string): Promise<void> {
    await until(() => this.#over.has(index), rule, {
      expected: "the signal has aborted",
      received: () => "the signal has not aborted",
    });
  }
}
