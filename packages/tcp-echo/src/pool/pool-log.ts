import type { PoolCloseReason, PoolEvent, PoolRefusal, PoolStats } from "./pool-event.ts";

type Counts = Omit<PoolStats, "size" | "idle" | "leased" | "opening" | "closing" | "waiting">;

/** Counts what a pool does, and tells whoever listens. */
export class PoolLog {
  readonly #onEvent: ((event: PoolEvent) => void) | undefined;
  readonly #now: () => number;
  #opened = 0;
  #openFailed = 0;
  #acquired = 0;
  #eventErrors = 0;
  readonly #closed: Record<PoolCloseReason, number> = {
    idle: 0,
    dead: 0,
    failed: 0,
    late: 0,
    closed: 0,
    cut: 0,
  };
  readonly #refused: Record<PoolRefusal, number> = {
    timeout: 0,
    aborted: 0,
    "open-failed": 0,
    closed: 0,
    full: 0,
  };

  constructor(now: () => number, onEvent: ((event: PoolEvent) => void) | undefined) {
    this.#now = now;
    this.#onEvent = onEvent;
  }

  get counts(): Counts {
    return {
      opened: this.#opened,
      openFailed: this.#openFailed,
      acquired: this.#acquired,
      closed: { ...this.#closed },
      refused: { ...this.#refused },
      eventErrors: this.#eventErrors,
    };
  }

  opened(started: number): void {
    this.#opened++;
    this.#tell({ event: "opened", duration: this.#now() - started });
  }

  openFailed(started: number, error: unknown): void {
    this.#openFailed++;
    this.#tell({ event: "open-failed", duration: this.#now() - started, error });
  }

  /** Returns the time, if anybody will ask for it. `since`: when the caller began to wait, if it had to. */
  acquired(since: number | undefined): number {
    this.#acquired++;
    // asking the clock costs as much as lending
    if (this.#onEvent === undefined) return 0;
    const now = this.#now();
    this.#tell({ event: "acquired", waited: now - (since ?? now) });
    return now;
  }

  released(lentAt: number): void {
    if (this.#onEvent !== undefined) this.#tell({ event: "released", held: this.#now() - lentAt });
  }

  refused(reason: PoolRefusal, since?: number): void {
    this.#refused[reason]++;
    if (this.#onEvent === undefined) return;
    const now = this.#now();
    this.#tell({ event: "refused", reason, waited: now - (since ?? now) });
  }

  closed(reason: PoolCloseReason, error: unknown): void {
    this.#closed[reason]++;
    this.#tell({ event: "closed", reason, ...(error !== undefined && { error }) });
  }

  closeFailed(error: unknown): void {
    this.#tell({ event: "close-failed", error });
  }

  /** A listener is a guest: what it throws must not reach the middle of a step of the pool's. */
  #tell(event: PoolEvent): void {
    try {
      this.#onEvent?.(event);
    } catch (error) {
      if (this.#eventErrors++ > 0) return;
      process.emitWarning(`onEvent of a pool threw at "${event.event}": ${String(error)}`, "PoolWarning");
    }
  }
}
