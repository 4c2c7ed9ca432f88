import { NetError } from "@tcpip-workshop/core/net-error";
import { integer, timeout } from "../options.ts";
import { Alarm } from "./alarm.ts";
import { IdleStack } from "./idle-stack.ts";
import { Lease, type Lender, type Slot } from "./lease.ts";
import type { PoolRefusal, PoolStats } from "./pool-event.ts";
import { PoolLog } from "./pool-log.ts";
import {
  poolSettings,
  type AcquireOptions,
  type PoolCloseOptions,
  type PoolCloseReport,
  type PoolOptions,
  type PoolSettings,
} from "./pool-options.ts";
import { Places } from "./places.ts";
import { WaitingLine, type Waiter } from "./waiting-line.ts";

/**
 * Lends connections of any kind, at most `size` at a time, first come first served. It knows no socket: `open` and
 * `close` are handed in. While a caller waits no connection is idle, so who comes last never overtakes.
 */
export class Pool<T> implements AsyncDisposable {
  readonly #settings: PoolSettings<T>;
  readonly #log: PoolLog;
  readonly #lender: Lender<T>;
  readonly #idle: IdleStack<T>;
  readonly #waiting: WaitingLine<T>;
  readonly #places: Places<T>;
  readonly #cutAlarm: Alarm;
  #closed: PromiseWithResolvers<PoolCloseReport> | undefined;
  readonly #report: PoolCloseReport = { returned: 0, cut: 0 };

  /** Throws `ARGUMENT_INVALID`. */
  constructor(options: PoolOptions<T>) {
    this.#settings = poolSettings(options);
    const { timers, idleTimeout, onEvent, warm } = this.#settings;
    this.#log = new PoolLog(() => timers.now(), onEvent);
    this.#lender = {
      takeBack: (slot) => this.#takeBack(slot),
      takeBackBroken: (slot, error) => this.#takeBackBroken(slot, error),
    };
    this.#places = new Places(this.#settings, this.#log, {
      opened: (slot) => this.#offer(slot),
      failed: (error) => this.#openFailed(error),
      freed: () => this.#freed(),
    });
    this.#idle = new IdleStack(idleTimeout, timers, (slot) => this.#places.drop(slot, "idle"));
    this.#waiting = new WaitingLine(timers, (waiter, reason) => this.#gaveUp(waiter, reason));
    this.#cutAlarm = new Alarm(timers, () => this.#cut());
    if (warm > 0) this.warmUp(warm).catch(() => {});
  }

  get stats(): PoolStats {
    const { size } = this.#settings;
    const { slots, openings, closing } = this.#places;
    const idle = this.#idle.size;
    const now = { idle, leased: slots.size - idle, opening: openings.size, closing };
    return { size, ...now, waiting: this.#waiting.size, ...this.#log.counts };
  }

  /**
   * Lends a connection: one that is idle, the last used first, or a new one, or the next that comes back.
   *
   * Throws `ACQUIRE_TIMEOUT`, `QUEUE_FULL` (`maxWaiters` wait already), `CLOSED`, `ARGUMENT_INVALID`, the signal's reason,
   * and what `open` threw, when that was done for this caller; `CONNECT_TIMEOUT` when it took too long.
   */
  acquire(options?: AcquireOptions): Promise<Lease<T>> {
    try {
      const limit = timeout("timeout", options?.timeout, this.#settings.acquireTimeout);
      if (options?.signal?.aborted === true) this.#refuse("aborted", options.signal.reason);
      if (this.#closed !== undefined) this.#refuse("closed", closedError());
      const slot = this.#takeIdle();
      return slot === undefined
        ? this.#wait(options?.signal, limit)
        : Promise.resolve(this.#lend(slot, undefined));
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** Lends a connection to `run`, and takes it back; as broken if that throws, for nobody knows what is left on it. */
  async use<R>(run: (connection: T) => R | Promise<R>, options?: AcquireOptions): Promise<R> {
    using lease = await this.acquire(options);
    try {
      return await run(lease.connection);
    } catch (error) {
      lease.discard(error);
      throw error;
    }
  }

  /** The connection has died, says whoever saw it: it is not lent again. Returns whether it was the pool's. */
  remove(connection: T): boolean {
    for (const slot of this.#places.slots) {
      if (slot.connection !== connection) continue;
      slot.dead = true;
      if (this.#idle.remove(slot)) this.#places.drop(slot, "dead");
      return true;
    }
    return false;
  }

  /** Opens connections until there are `count`, by default `size`, and waits for them. Throws what the first `open` threw. */
  async warmUp(count?: number): Promise<void> {
    const { size } = this.#settings;
    const wanted = integer("count", count, size, { min: 0, max: size });
    if (this.#closed !== undefined) throw closedError();
    const { slots, openings } = this.#places;
    while (slots.size + openings.size < wanted && this.#places.free) this.#places.open();
    const results = await Promise.allSettled(openings);
    const failed = results.find((result) => result.status === "rejected");
    if (failed !== undefined) throw failed.reason;
  }

  /**
   * Lends no more: who waits gets `CLOSED`, and idle connections are closed. Waits for the leases, at most until the
   * deadline, and closes what is still lent. Called again, the nearer deadline holds. Throws `ARGUMENT_INVALID`.
   */
  async close(options: PoolCloseOptions = {}): Promise<PoolCloseReport> {
    const deadline = options.deadline === 0 ? 0 : timeout("deadline", options.deadline, 10_000);
    const closed = (this.#closed ??= this.#startClosing());
    this.#cutAlarm.hold(true);
    this.#cutAlarm.by(this.#settings.timers.now() + deadline);
    this.#freed();
    return closed.promise;
  }

  /** `close()`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #takeIdle(): Slot<T> | undefined {
    let slot: Slot<T> | undefined;
    while ((slot = this.#idle.pop()) !== undefined && !this.#places.isAlive(slot))
      this.#places.drop(slot, "dead");
    return slot;
  }

  #lend(slot: Slot<T>, since: number | undefined): Lease<T> {
    const lease = new Lease(slot, this.#lender);
    slot.lease = lease;
    slot.lentAt = this.#log.acquired(since);
    return lease;
  }

  #takeBack(slot: Slot<T>): void {
    slot.lease = undefined;
    this.#log.released(slot.lentAt);
    if (this.#closed !== undefined) this.#report.returned++;
    if (this.#places.isAlive(slot)) this.#offer(slot);
    else this.#places.drop(slot, "dead");
  }

  #takeBackBroken(slot: Slot<T>, error: unknown): void {
    slot.lease = undefined;
    this.#log.released(slot.lentAt);
    if (this.#closed !== undefined) this.#report.returned++;
    this.#places.drop(slot, "failed", error);
  }

  #offer(slot: Slot<T>): void {
    if (this.#closed !== undefined) return this.#places.drop(slot, "closed");
    const waiter = this.#waiting.shift();
    if (waiter === undefined) this.#idle.push(slot);
    else waiter.resolve(this.#lend(slot, waiter.since));
  }

  #wait(signal: AbortSignal | undefined, limit: number): Promise<Lease<T>> {
    const { maxWaiters } = this.#settings;
    // those for whom one is being opened do not count
    if (!this.#places.free && this.#waiting.size - this.#places.openings.size >= maxWaiters) {
      const message = `Expected at most ${maxWaiters} callers to wait, got one more; ${this.#describe()}`;
      this.#refuse("full", new NetError("QUEUE_FULL", message));
    }
    const { promise } = this.#waiting.join(signal, limit);
    this.#replenish();
    return promise;
  }

  #gaveUp(waiter: Waiter<T>, reason: "timeout" | "aborted"): void {
    this.#log.refused(reason, waiter.since);
    if (reason === "aborted") return waiter.reject(waiter.signal?.reason);
    const message = `Expected a connection within ${waiter.timeout} ms, got none; ${this.#describe()}`;
    waiter.reject(new NetError("ACQUIRE_TIMEOUT", message));
  }

  #refuse(reason: PoolRefusal, error: unknown): never {
    this.#log.refused(reason);
    throw error;
  }

  #replenish(): void {
    // one for each who waits, and none is opened again by itself: each failure is told to a caller
    const places = this.#places;
    while (this.#waiting.size > places.openings.size && places.free) places.open();
  }

  #openFailed(error: unknown): void {
    // With another one under way for each who waits, it was nobody's: its caller has got a connection that came back.
    if (this.#waiting.size < this.#places.openings.size) return;
    const waiter = this.#waiting.shift();
    if (waiter === undefined) return;
    this.#log.refused("open-failed", waiter.since);
    waiter.reject(error);
  }

  #startClosing(): PromiseWithResolvers<PoolCloseReport> {
    const closed = Promise.withResolvers<PoolCloseReport>();
    // from here on nothing is lent, also not by what is told of the following
    this.#closed = closed;
    for (const waiter of this.#waiting.clear()) {
      this.#log.refused("closed", waiter.since);
      waiter.reject(closedError());
    }
    this.#places.giveUp(closedError());
    let slot: Slot<T> | undefined;
    while ((slot = this.#idle.pop()) !== undefined) this.#places.drop(slot, "closed");
    this.#idle.stop();
    return closed;
  }

  #freed(): void {
    if (this.#closed === undefined) return this.#replenish();
    if (this.#places.taken > 0) return;
    this.#cutAlarm.stop();
    this.#closed.resolve({ ...this.#report });
  }

  /** The deadline of `close`: leases are over, and do not know it. */
  #cut(): number {
    for (const slot of this.#places.slots) {
      slot.lease = undefined;
      this.#report.cut++;
      this.#places.drop(slot, "cut");
    }
    return Number.POSITIVE_INFINITY;
  }

  #describe(): string {
    const { size, idle, leased, opening, closing, waiting } = this.stats;
    return `of ${size} places: ${leased} leased, ${opening} opening, ${closing} closing, ${idle} idle; ${waiting} waiting`;
  }
}

function closedError(): NetError {
  return new NetError("CLOSED", "Expected an open pool, got one that is closed");
}
