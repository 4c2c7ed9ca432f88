import type { Timers } from "@tcpip-workshop/core/deadline";
import { PatientTimer } from "../patient-timer.ts";

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
  // The reply that brings a connection back may lie in the kernel still.
  setTimeout: (run, ms) => new PatientTimer(run, ms),
  clearTimeout: (timer) => (timer as PatientTimer | undefined)?.clear(),
};
