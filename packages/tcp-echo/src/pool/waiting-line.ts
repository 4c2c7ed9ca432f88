import { Alarm } from "./alarm.ts";
import type { Lease } from "./lease.ts";
import type { Timers } from "./timers.ts";

/** A caller that waits for a connection. A node of a list with two links, so that one in the middle can leave at once. */
export class Waiter<T> {
  readonly promise: Promise<Lease<T>>;
  resolve!: (lease: Lease<T>) => void;
  reject!: (reason: unknown) => void;
  readonly signal: AbortSignal | undefined;
  readonly timeout: number;
  /** When it began to wait, in ms of the pool's clock. */
  readonly since: number;
  /** Listens to `signal`. */
  abort: (() => void) | undefined;
  waiting = true;
  before: Waiter<T> | undefined;
  behind: Waiter<T> | undefined;

  constructor(signal: AbortSignal | undefined, timeout: number, since: number) {
    this.promise = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    this.signal = signal;
    this.timeout = timeout;
    this.since = since;
  }
}

/** Who waits, in the order of their coming. Nobody waits longer than its time-out and its signal allow. */
export class WaitingLine<T> {
  readonly #timers: Timers;
  readonly #gaveUp: (waiter: Waiter<T>, reason: "timeout" | "aborted") => void;
  readonly #alarm: Alarm;
  #first: Waiter<T> | undefined;
  #last: Waiter<T> | undefined;
  #size = 0;

  /** `gaveUp` is told of each one that leaves by itself, once it is out of the line. */
  constructor(timers: Timers, gaveUp: (waiter: Waiter<T>, reason: "timeout" | "aborted") => void) {
    this.#timers = timers;
    this.#gaveUp = gaveUp;
    this.#alarm = new Alarm(timers, (now) => this.#expire(now));
  }

  get size(): number {
    return this.#size;
  }

  join(signal: AbortSignal | undefined, timeout: number): Waiter<T> {
    const waiter = new Waiter<T>(signal, timeout, this.#timers.now());
    waiter.before = this.#last;
    if (this.#last === undefined) this.#first = waiter;
    else this.#last.behind = waiter;
    this.#last = waiter;
    // somebody waits: the process must not end before they are answered
    if (this.#size++ === 0) this.#alarm.hold(true);
    this.#alarm.by(waiter.since + timeout);
    if (signal !== undefined) {
      waiter.abort = () => this.#giveUp(waiter, "aborted");
      signal.addEventListener("abort", waiter.abort, { once: true });
    }
    return waiter;
  }

  /** Takes out who has waited longest. */
  shift(): Waiter<T> | undefined {
    let waiter: Waiter<T> | undefined;
    while ((waiter = this.#first) !== undefined) {
      // Another listener of its signal's may run before ours, and give a connection back.
      if (waiter.signal?.aborted !== true) break;
      this.#giveUp(waiter, "aborted");
    }
    if (waiter !== undefined) this.#leave(waiter);
    return waiter;
  }

  /** Takes all out. */
  clear(): Waiter<T>[] {
    const all: Waiter<T>[] = [];
    for (let at = this.#first; at !== undefined; at = at.behind) all.push(at);
    for (const waiter of all) this.#leave(waiter);
    this.#alarm.stop();
    return all;
  }

  #giveUp(waiter: Waiter<T>, reason: "timeout" | "aborted"): void {
    this.#leave(waiter);
    this.#gaveUp(waiter, reason);
  }

  #leave(waiter: Waiter<T>): void {
    const { before, behind } = waiter;
    if (before === undefined) this.#first = behind;
    else before.behind = behind;
    if (behind === undefined) this.#last = before;
    else behind.before = before;
    waiter.waiting = false;
    waiter.before = undefined;
    waiter.behind = undefined;
    if (--this.#size === 0) this.#alarm.hold(false);
    if (waiter.abort !== undefined) waiter.signal?.removeEventListener("abort", waiter.abort);
  }

  #expire(now: number): number {
    const late: Waiter<T>[] = [];
    let next = Number.POSITIVE_INFINITY;
    for (let at = this.#first; at !== undefined; at = at.behind) {
      const deadline = at.since + at.timeout;
      if (deadline <= now) late.push(at);
      else next = Math.min(next, deadline);
    }
    // what is told of the first may have answered the others
    for (const waiter of late) if (waiter.waiting) this.#giveUp(waiter, "timeout");
    return next;
  }
}
