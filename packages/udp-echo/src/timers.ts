import type { Timers } from "@tcpip-workshop/core/deadline";

export type { Timers };

/** The monotonic clock: a wall clock that is set back would lengthen deadlines. */
export const realTimers: Timers = {
  now: () => performance.now(),
  setTimeout: (run, ms) => setTimeout(run, ms),
  clearTimeout: (timer) => clearTimeout(timer as NodeJS.Timeout),
};
