import type { Deadline } from "@tcpip-workshop/core/deadline";
import { NetError } from "@tcpip-workshop/core/net-error";
import { timeout } from "./options.ts";

/** How long all of it may take, said in either way or in both: then the earlier counts. */
export interface TotalLimit {
  /** In ms, from now. Infinity for none. */
  totalTimeout?: number;
  /** A time of `performance.now()`, handed in from the caller's caller: `deadlineIn(600, performance.now())`. */
  deadline?: Deadline;
}

/**
 * What is left, in ms, until the deadline in whole ones. Throws `TOTAL_TIMEOUT` when that is less than a timer can wait, 1 ms: then
 * nothing is begun. Throws `ARGUMENT_INVALID`.
 */
export function totalLimit({ totalTimeout, deadline }: TotalLimit, fallback: number): number {
  const duration = timeout("totalTimeout", totalTimeout, fallback);
  if (deadline === undefined) return duration;
  const left = Math.floor(deadline.remaining(performance.now()));
  if (left < 1) throw new NetError("TOTAL_TIMEOUT", `Expected 1 ms or more until the deadline, got ${left}`);
  return Math.min(duration, timeout("the time until the deadline", left, left));
}
