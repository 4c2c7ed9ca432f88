/** A grading was ended because it took too long. */
export class OutOfTime extends Error {
  override readonly name = "OutOfTime";

  /** @param patience milliseconds */
  constructor(patience: number) {
    super(`Expected a verdict within ${patience / 1000} s, got none, and ended the grading`);
  }
}

/** The most that a grading may take, by the clock: the only thing that ends a grader which is itself too busy to look at it. */
export class TimeLimit implements Disposable {
  readonly #patience: number;
  readonly #late = Promise.withResolvers<never>();
  #timer: NodeJS.Timeout | undefined;

  /** @param patience milliseconds */
  constructor(patience: number) {
    this.#patience = patience;
    // It may be late for nobody.
    this.#late.promise.catch(() => {});
  }

  /** From now on. When the time is over, `end` is called. */
  start(end: () => void): void {
    this.#timer = setTimeout(() => {
      this.#late.reject(new OutOfTime(this.#patience));
      end();
    }, this.#patience);
  }

  /** @throws {OutOfTime} when the time is over before it is settled; what it comes to then, nobody hears */
  async hold<T>(grading: Promise<T>): Promise<T> {
    grading.catch(() => {});
    return await Promise.race([grading, this.#late.promise]);
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }
}
