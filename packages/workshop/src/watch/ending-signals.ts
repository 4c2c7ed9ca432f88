const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * A signal that would end the process ends the session first, so that the terminal is given back and nothing is left
 * behind; then, when disposed, the process.
 */
export class EndingSignals implements Disposable {
  readonly #came = Promise.withResolvers<void>();
  #signal: NodeJS.Signals | undefined;
  readonly #hear = (signal: NodeJS.Signals): void => {
    this.#signal = signal;
    this.#came.resolve();
  };

  constructor() {
    for (const signal of signals) process.on(signal, this.#hear);
  }

  /** Settles with the first one. */
  get came(): Promise<void> {
    return this.#came.promise;
  }

  [Symbol.dispose](): void {
    for (const signal of signals) process.off(signal, this.#hear);
    // Whoever started us sees what ended us.
    if (this.#signal !== undefined) process.kill(process.pid, this.#signal);
  }
}
