import type { KernelView } from "./kernel.ts";

export interface DeadlineWatch {
  view(): KernelView | undefined;
  /** When the process last replied, on performance.now()'s clock. */
  lastSign(): number;
  onPassed(view: KernelView | undefined): void;
  memory(): number | undefined;
  /** In bytes. */
  memoryLimit: number;
  onTooMuchMemory(bytes: number, limit: number): void;
}

/** How often a running call's process is looked at, in milliseconds. */
const interval = 50;
/** However busy the machine: past so many deadlines by the wall clock it is over. */
const patience = 20;

/**
 * Watches a call until disposed. The time that counts is the process's own: what it waited for a CPU on a busy machine
 * is taken off, so a slow machine fails nobody.
 */
export class Deadline {
  readonly #watch: DeadlineWatch;
  /** In milliseconds. */
  readonly #limit: number;
  readonly #timer: NodeJS.Timeout;
  readonly #started = performance.now();
  #sign: number;
  #waitedAtSign: number | undefined;

  constructor(limit: number, watch: DeadlineWatch) {
    this.#limit = limit;
    this.#watch = watch;
    this.#sign = this.#started;
    this.#timer = setInterval(() => this.#look(), interval);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const memory = this.#watch.memory();
    if (memory !== undefined && memory > this.#watch.memoryLimit) {
      return this.#watch.onTooMuchMemory(memory, this.#watch.memoryLimit);
    }
    const sign = Math.max(this.#started, this.#watch.lastSign());
    const view = this.#watch.view();
    if (sign !== this.#sign || this.#waitedAtSign === undefined) {
      // A reply has come since the last look (or this is the first): count from there.
      this.#sign = sign;
      this.#waitedAtSign = view?.waitedForCpu ?? 0;
    }
    const elapsed = performance.now() - sign;
    const starved = ((view?.waitedForCpu ?? 0) - this.#waitedAtSign) / 1e6;
    if (elapsed - starved < this.#limit && elapsed < this.#limit * patience) return;
    // Its reply may lie in the socket already, and we were the ones who had no CPU: read first, then judge.
    setImmediate(() => {
      if (Math.max(this.#started, this.#watch.lastSign()) === sign) this.#watch.onPassed(view);
    });
  }
}
