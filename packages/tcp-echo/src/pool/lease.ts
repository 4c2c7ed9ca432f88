import { NetError } from "@tcpip-workshop/core/net-error";

/** A connection of the pool's, and who has it. */
export interface Slot<T> {
  readonly connection: T;
  /** The one lease that may use the connection; `undefined` while it is idle, or gone. */
  lease: Lease<T> | undefined;
  /** The pool was told that it died while it was lent. */
  dead: boolean;
  /** When it was lent, in ms; kept for events only. */
  lentAt: number;
  /** The tick in which it became idle. */
  idleTick: number;
}

/** Where a lease goes back to. */
export interface Lender<T> {
  takeBack(slot: Slot<T>): void;
  takeBackBroken(slot: Slot<T>, error: unknown): void;
}

/**
 * The right to use a connection until it is given back: `using lease = await pool.acquire()`. Once it is given back, or
 * the pool's close has cut it off, it does nothing any more: giving back twice touches nobody else's connection.
 */
export class Lease<T> implements Disposable, AsyncDisposable {
  readonly #slot: Slot<T>;
  readonly #lender: Lender<T>;

  /** Use `pool.acquire`. */
  constructor(slot: Slot<T>, lender: Lender<T>) {
    this.#slot = slot;
    this.#lender = lender;
  }

  /** Throws `CLOSED` when the lease is over, for by then another caller may have the connection. */
  get connection(): T {
    if (this.#slot.lease === this) return this.#slot.connection;
    throw new NetError("CLOSED", "Expected a lease that is in use, got one that is over");
  }

  /** Whether the connection is still this caller's. */
  get inUse(): boolean {
    return this.#slot.lease === this;
  }

  /** Gives the connection back: the next caller gets it. Does nothing when the lease is over. */
  release(): void {
    if (this.#slot.lease === this) this.#lender.takeBack(this.#slot);
  }

  /** Gives it back as broken: it is closed and its place is free for another. Does nothing when the lease is over. */
  discard(error?: unknown): void {
    if (this.#slot.lease === this) this.#lender.takeBackBroken(this.#slot, error);
  }

  /** `release()`. */
  [Symbol.dispose](): void {
    this.release();
  }

  /** `release()`. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.release();
  }
}
