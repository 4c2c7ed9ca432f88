import type { KernelView } from "./kernel.ts";

export interface WatchedProcess {
  view(): KernelView | undefined;
  /** Bytes in use now. */
  memory(): number | undefined;
  /** In bytes. */
  memoryLimit: number;
  onTooMuchMemory(call: WatchedCall, bytes: number): void;
  /** @param busy the CPU time of the process since its last sign of life, as a part of the deadline */
  onPassed(call: WatchedCall, view: KernelView | undefined, busy: number): void;
}

/** A call that waits for its reply. */
export interface WatchedCall {
  /** As the learner knows it. */
  what: string;
  /** Milliseconds of the process's own time. */
  deadline: number;
  /** On performance.now()'s clock. */
  since: number;
}

/** How often a process with calls waiting is looked at, in milliseconds. */
const interval = 50;
/** However busy the machine: past so many deadlines by the wall clock it is over. */
const patience = 20;
/** However busy we are: past so many deadlines of the process's own CPU time it is over, for it may be what keeps us busy. Collectors and pools have threads, too. */
const ownPatience = 3;

/**
 * Watches the calls one process has yet to answer. It answers in order, so the oldest is the one it is at. The time that
 * counts is the process's own: what it waited for a CPU on a busy machine is taken off, and what we did ourselves, for it
 * may be our reply that it waits for. So a slow machine fails nobody.
 */
export class Deadlines {
  readonly #process: WatchedProcess;
  readonly #calls = new Set<WatchedCall>();
  #timer: NodeJS.Timeout | undefined;
  /** When the process last replied. */
  #sign = 0;
  #atSign: { sign: number; waited: number; cpuTime: number; late: number } | undefined;
  #lastLook = 0;
  /** Milliseconds by which our own looks came too late, so far. */
  #late = 0;

  constructor(process: WatchedProcess) {
    this.#process = process;
  }

  /** Waits for `work` as a call that is watched. */
  async watch<T>(what: string, deadline: number, work: Promise<T>): Promise<T> {
    const call = { what, deadline, since: performance.now() };
    this.#calls.add(call);
    if (this.#timer === undefined) {
      this.#lastLook = performance.now();
      this.#timer = setInterval(() => this.#look(), interval);
    }
    try {
      return await work;
    } finally {
      this.#calls.delete(call);
      if (this.#calls.size === 0) {
        clearInterval(this.#timer);
        this.#timer = undefined;
      }
    }
  }

  /** The process has replied: deadlines count from here. */
  signOfLife(): void {
    this.#sign = performance.now();
  }

  #look(): void {
    const now = performance.now();
    const lateBefore = this.#late;
    this.#late += Math.max(0, now - this.#lastLook - interval);
    this.#lastLook = now;
    const [oldest] = this.#calls;
    if (oldest === undefined) return;
    const memory = this.#process.memory();
    if (memory !== undefined && memory > this.#process.memoryLimit) {
      return this.#process.onTooMuchMemory(oldest, memory);
    }
    const view = this.#process.view();
    const sign = Math.max(oldest.since, this.#sign);
    const waited = view?.waitedForCpu ?? 0;
    // The first look after a sign: count from there.
    const cpuTime = view?.cpuTime ?? 0;
    if (this.#atSign?.sign !== sign) this.#atSign = { sign, waited, cpuTime, late: lateBefore };
    const elapsed = now - sign;
    const starved = (waited - this.#atSign.waited) / 1e6;
    const busy = (cpuTime - this.#atSign.cpuTime) / 1e6 / oldest.deadline;
    const late = this.#late - this.#atSign.late;
    const isInTime = elapsed - starved - late < oldest.deadline && busy < ownPatience;
    if (isInTime && elapsed < oldest.deadline * patience) return;
    // Its reply may lie in the socket already, and we were the ones who had no CPU: read first, then judge.
    setImmediate(() => {
      if (this.#calls.has(oldest) && this.#sign <= sign) this.#process.onPassed(oldest, view, busy);
    });
  }
}
