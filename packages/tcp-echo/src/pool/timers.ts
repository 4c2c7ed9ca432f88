import type { Timers } from "@tcpip-workshop/core/deadline";

export type { Timers };

let reading: number | undefined;

function forget(): void {
  reading = undefined;
}

export const realTimers: Timers = {
  /**
   * Asks the clock once in a callback of the event loop, since a hundred callers that queue up in one would pay more for
   * the clock than for the pool. Node's own timers count from an older time still: from when that turn of the loop began.
   */
  now() {
    if (reading === undefined) {
      reading = performance.now();
      process.nextTick(forget);
    }
    return reading;
  },
  setTimeout: (run, ms) => new PatientTimer(run, ms),
  clearTimeout: (timer) => (timer as PatientTimer | undefined)?.clear(),
};

/**
 * In a turn of Node's event loop timers come before reads. Where this process was held up, the reply that brings a connection
 * back lies in the kernel still: a look comes first, and only who is not served by it was late.
 */
class PatientTimer {
  readonly #timer: NodeJS.Timeout;
  #afterLook: NodeJS.Immediate | undefined;

  constructor(run: () => void, ms: number) {
    this.#timer = setTimeout(() => (this.#afterLook = setImmediate(run)), ms);
  }

  ref(): void {
    this.#timer.ref();
  }

  unref(): void {
    this.#timer.unref();
  }

  clear(): void {
    clearTimeout(this.#timer);
    clearImmediate(this.#afterLook);
  }
}
