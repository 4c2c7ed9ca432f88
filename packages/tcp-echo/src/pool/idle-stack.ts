import { Alarm } from "./alarm.ts";
import type { Slot } from "./lease.ts";
import type { Timers } from "./timers.ts";

/** Ticks in an idle time-out: how exact it is, and how often the pool looks. */
const TICKS = 8;

/**
 * Connections that nobody uses. The last one in is the first out: the warmest is lent and the surplus ages at the bottom.
 * Age is counted in ticks, eighths of the time-out, so that neither lending nor giving back asks the clock: a connection
 * leaves after the time-out or up to an eighth before, never after it.
 */
export class IdleStack<T> {
  readonly #slots: Slot<T>[] = [];
  readonly #timers: Timers;
  readonly #period: number;
  readonly #evict: (slot: Slot<T>) => void;
  readonly #alarm: Alarm;
  #tick = 0;
  #tickAt = 0;
  #ticking = false;

  /** `timeout` in ms, or Infinity. `evict` is told of each one whose time is over, once it is out of the stack. */
  constructor(timeout: number, timers: Timers, evict: (slot: Slot<T>) => void) {
    this.#timers = timers;
    this.#period = timeout / TICKS;
    this.#evict = evict;
    this.#alarm = new Alarm(timers, (now) => this.#passed(now));
  }

  get size(): number {
    return this.#slots.length;
  }

  push(slot: Slot<T>): void {
    if (!this.#ticking && this.#period !== Number.POSITIVE_INFINITY) this.#startTicking();
    slot.idleTick = this.#tick;
    this.#slots.push(slot);
  }

  pop(): Slot<T> | undefined {
    return this.#slots.pop();
  }

  /** Says whether it was there. */
  remove(slot: Slot<T>): boolean {
    const index = this.#slots.indexOf(slot);
    if (index >= 0) this.#slots.splice(index, 1);
    return index >= 0;
  }

  stop(): void {
    this.#alarm.stop();
  }

  #startTicking(): void {
    this.#ticking = true;
    this.#tickAt = this.#timers.now();
    this.#alarm.by(this.#tickAt + this.#period);
  }

  #passed(now: number): number {
    // more than one when the event loop was held up
    const ticks = Math.floor((now - this.#tickAt) / this.#period);
    this.#tick += ticks;
    this.#tickAt += ticks * this.#period;
    // the oldest lies at the bottom: stop at the first that is young
    const young = this.#slots.findIndex((slot) => this.#tick - slot.idleTick < TICKS);
    const old = this.#slots.splice(0, young < 0 ? this.#slots.length : young);
    for (const slot of old) this.#evict(slot);
    this.#ticking = this.#slots.length > 0;
    return this.#ticking ? this.#tickAt + this.#period : Number.POSITIVE_INFINITY;
  }
}
