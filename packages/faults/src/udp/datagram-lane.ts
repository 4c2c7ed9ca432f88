import type { Direction, WireLog } from "../record.ts";
import type { Timers } from "../timers.ts";
import type { DatagramSchedule } from "./datagram-faults.ts";

/** What became of a direction's datagrams. */
export interface DatagramCounts {
  received: number;
  /** Sent on, copies included. */
  forwarded: number;
  dropped: number;
  duplicated: number;
  /** Passed by a later one: not those let go because none came. */
  reordered: number;
  /** Passed on late. */
  delayed: number;
  corrupted: number;
  /** Dropped at one of the relay's own limits: not a fault that was asked for. */
  refused: number;
}

export interface DatagramLaneOptions {
  direction: Direction;
  schedule: DatagramSchedule;
  counts: DatagramCounts;
  log: WireLog;
  timers: Timers;
  /** Milliseconds that a datagram waits for the one that is to pass it. */
  holdLimit: number;
  /** Bytes held or delayed at once. */
  maxHeldBytes: number;
}

/** One direction of a relay without the sockets: counts positions, and does to each datagram what the schedule says. */
export class DatagramLane {
  readonly #options: DatagramLaneOptions;
  readonly #timers = new Set<unknown>();
  /** By the position that has to pass first. */
  readonly #held = new Map<number, Set<() => void>>();
  #position = 0;
  #pending = 0;
  #pendingBytes = 0;

  constructor(options: DatagramLaneOptions) {
    this.#options = options;
  }

  /** Datagrams held or delayed now. */
  get pending(): number {
    return this.#pending;
  }

  /** The next datagram of flow number `flow`; `send` is called for each copy, now or later. */
  push(payload: Uint8Array, flow: number, send: (payload: Uint8Array) => void): void {
    const { direction, schedule, counts, log, maxHeldBytes } = this.#options;
    const position = ++this.#position;
    const fate = schedule.fateOf({ position, direction, flow });
    const note = (...what: string[]): void =>
      log.add([`datagram ${position}`, ...what].join(", "), flow, direction);
    const facts = [`${payload.length} bytes`];
    counts.received++;

    if (fate.drop === true) {
      counts.dropped++;
      note(...facts, "dropped");
      return this.#passed(position);
    }
    const bytes = fate.corrupt === undefined ? payload : invert(payload, fate.corrupt);
    if (bytes !== payload) {
      counts.corrupted++;
      facts.push(`byte ${indexIn(payload, fate.corrupt ?? 0)} inverted`);
    }
    const copies = fate.duplicate === true ? 2 : 1;
    if (copies === 2) facts.push("sent twice");

    const deliver = (...how: string[]): void => {
      counts.forwarded += copies;
      counts.duplicated += copies - 1;
      for (let copy = 0; copy < copies; copy++) send(bytes);
      note(...how);
      this.#passed(position);
    };
    const after = fate.after !== undefined && fate.after > position ? fate.after : undefined;
    const delay = fate.delay ?? 0;
    if (after === undefined && delay === 0) return deliver(...facts);

    if (this.#pendingBytes + bytes.length > maxHeldBytes) {
      counts.refused++;
      note(...facts, `refused: more than ${maxHeldBytes} bytes held`);
      return this.#passed(position);
    }
    this.#pending++;
    this.#pendingBytes += bytes.length;
    const leave = (...how: string[]): void => {
      this.#pending--;
      this.#pendingBytes -= bytes.length;
      deliver(...how);
    };
    const wait = (): void => {
      this.#later(delay, () => {
        counts.delayed++;
        leave("passed on late");
      });
    };
    if (after === undefined) {
      note(...facts, `delayed by ${round(delay)} ms`);
      return wait();
    }
    note(...facts, `held until datagram ${after} has passed`);
    this.#hold(after, (why) => {
      if (delay === 0) return leave(why);
      note(why, `delayed by ${round(delay)} ms`);
      wait();
    });
  }

  /** Forgets what is held or delayed; `push` must not be called again. */
  close(): void {
    for (const timer of this.#timers) this.#options.timers.clearTimeout(timer);
    this.#timers.clear();
    this.#held.clear();
    this.#pending = 0;
  }

  #hold(after: number, release: (why: string) => void): void {
    const { counts, holdLimit } = this.#options;
    const waiting = this.#held.get(after) ?? new Set();
    this.#held.set(after, waiting);
    const timer = this.#later(holdLimit, () => {
      waiting.delete(overtaken);
      if (waiting.size === 0) this.#held.delete(after);
      release(`let go after ${holdLimit} ms: datagram ${after} has not passed`);
    });
    const overtaken = (): void => {
      this.#cancel(timer);
      counts.reordered++;
      release(`passed on after datagram ${after}`);
    };
    waiting.add(overtaken);
  }

  #passed(position: number): void {
    const waiting = this.#held.get(position);
    this.#held.delete(position);
    for (const overtaken of waiting ?? []) overtaken();
  }

  #later(ms: number, run: () => void): unknown {
    const timer = this.#options.timers.setTimeout(() => {
      this.#timers.delete(timer);
      run();
    }, ms);
    this.#timers.add(timer);
    return timer;
  }

  #cancel(timer: unknown): void {
    this.#timers.delete(timer);
    this.#options.timers.clearTimeout(timer);
  }
}

/** A copy with one byte inverted; nothing can be inverted in an empty datagram, which comes back as it is. */
function invert(payload: Uint8Array, at: number): Uint8Array {
  if (payload.length === 0) return payload;
  const copy = Uint8Array.from(payload);
  const index = indexIn(payload, at);
  copy[index] = ~copy[index]! & 0xff;
  return copy;
}

function indexIn(payload: Uint8Array, at: number): number {
  return ((at % payload.length) + payload.length) % payload.length;
}

function round(ms: number): number {
  return Math.round(ms * 10) / 10;
}
