import type { Pause } from "./shop.ts";

/**
 * Two processes wait for each other before they write: no transaction of either is made until both want one. So whatever a
 * request looks at before its first transaction, it finds nothing of the other process.
 */
export class Meeting {
  readonly #met = Promise.withResolvers<void>();
  #waiting = 0;

  /** What one of the two is told of its waits. */
  gate(): Pause {
    let isThere = false;
    return (point) => {
      if (point !== "before transact") return undefined;
      if (!isThere && ++this.#waiting === 2) this.end();
      isThere = true;
      return this.#met.promise;
    };
  }

  end(): void {
    this.#met.resolve();
  }
}
