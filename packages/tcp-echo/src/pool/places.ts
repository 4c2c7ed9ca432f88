import { NetError } from "@tcpip-workshop/core/net-error";
import type { Slot } from "./lease.ts";
import type { PoolCloseReason } from "./pool-event.ts";
import type { PoolLog } from "./pool-log.ts";
import type { PoolSettings } from "./pool-options.ts";
import { closeWithin, openWithin } from "./settle-within.ts";

/** What a pool does when a place has changed. */
interface PlaceChanges<T> {
  /** A new connection, for whoever is next. */
  opened(slot: Slot<T>): void;
  /** `open` failed. It is still among the openings. */
  failed(error: unknown): void;
  freed(): void;
}

/** The pool's places, `size` of them: each is free, or has a connection that is being opened, open, or being closed. */
export class Places<T> {
  /** The open ones: idle or lent. */
  readonly slots = new Set<Slot<T>>();
  readonly openings = new Set<Promise<void>>();
  readonly #settings: PoolSettings<T>;
  readonly #log: PoolLog;
  readonly #changes: PlaceChanges<T>;
  readonly #giveUp = new AbortController();
  #closing = 0;

  constructor(settings: PoolSettings<T>, log: PoolLog, changes: PlaceChanges<T>) {
    this.#settings = settings;
    this.#log = log;
    this.#changes = changes;
  }

  /** Connections whose `close` has not settled. */
  get closing(): number {
    return this.#closing;
  }

  get taken(): number {
    return this.slots.size + this.openings.size + this.#closing;
  }

  get free(): boolean {
    return this.taken < this.#settings.size;
  }

  isAlive(slot: Slot<T>): boolean {
    return this.#lives(slot.connection) && !slot.dead;
  }

  /** Opens a connection in a free place. */
  open(): void {
    const opening = this.#open(this.#settings.timers.now(), () => this.openings.delete(opening));
    this.openings.add(opening);
    // who is to know is told by `failed`, and by `openings`
    opening.catch(() => {});
  }

  /** Gives up the connections that are being opened. */
  giveUp(reason: unknown): void {
    this.#giveUp.abort(reason);
  }

  /** Closes a connection; its place is free when `close` settles. */
  drop(slot: Slot<T>, reason: PoolCloseReason, error?: unknown): void {
    this.slots.delete(slot);
    this.#close(slot.connection, reason, error);
  }

  async #open(started: number, settled: () => void): Promise<void> {
    const { open, openTimeout, timers } = this.#settings;
    const closing = this.#giveUp.signal;
    const late = (connection: T): void => this.#close(connection, "late");
    let connection: T;
    try {
      connection = await openWithin(open, { timeout: openTimeout, timers, closing, late });
    } catch (error) {
      this.#fail(error, started);
      settled();
      this.#changes.freed();
      throw error;
    }
    // A server that accepts and closes would be dialled for ever if that were no failure.
    if (!this.#lives(connection)) {
      const error = new NetError(
        "CONNECTION_CLOSED",
        "Expected an open connection, got one that is not alive",
      );
      this.#fail(error, started);
      settled();
      this.#close(connection, "dead");
      throw error;
    }
    settled();
    const slot: Slot<T> = { connection, lease: undefined, dead: false, lentAt: 0, idleTick: 0 };
    this.slots.add(slot);
    this.#log.opened(started);
    this.#changes.opened(slot);
  }

  #fail(error: unknown, started: number): void {
    this.#log.openFailed(started, error);
    this.#changes.failed(error);
  }

  #close(connection: T, reason: PoolCloseReason, error?: unknown): void {
    const { close, closeTimeout, timers } = this.#settings;
    this.#closing++;
    let work: Promise<void> | void = undefined;
    try {
      work = close(connection, reason);
    } catch (failure) {
      this.#log.closeFailed(failure);
    }
    this.#log.closed(reason, error);
    const closed = (): void => {
      this.#closing--;
      this.#changes.freed();
    };
    if (work === undefined) return closed();
    closeWithin(work, closeTimeout, timers)
      .catch((failure: unknown) => this.#log.closeFailed(failure))
      .finally(closed);
  }

  #lives(connection: T): boolean {
    try {
      return this.#settings.isAlive?.(connection) ?? true;
    } catch {
      // who cannot tell is not to be relied on
      return false;
    }
  }
}
