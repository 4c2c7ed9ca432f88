/** Two processes wait for each other at their first transactions: neither comes first. */
export class Meeting {
  readonly #met = Promise.withResolvers<void>();
  #waiting = 0;

  /** What one of the two is told of its waits. */
  gate(): (point: string) => Promise<void> | void {
    let isFirst = true;
    return (point) => {
      if (!isFirst || point !== "before transact") return undefined;
      isFirst = false;
      if (++this.#waiting === 2) this.end();
      return this.#met.promise;
    };
  }

  end(): void {
    this.#met.resolve();
  }
}
