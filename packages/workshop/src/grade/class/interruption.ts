const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** The first signal that asks for an end aborts, so that what is done can be kept; the second ends the process. */
export class Interruption implements Disposable {
  readonly #controller = new AbortController();
  readonly #hear = (): void => {
    if (this.signal.aborted) process.exit(130);
    this.#controller.abort();
  };

  constructor() {
    for (const signal of signals) process.on(signal, this.#hear);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  [Symbol.dispose](): void {
    for (const signal of signals) process.off(signal, this.#hear);
  }
}
