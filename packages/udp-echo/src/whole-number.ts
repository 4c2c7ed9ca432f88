import { NetError } from "@tcpip-workshop/core/net-error";

/** `value`, if it is a whole number from `min` to `max`. Throws `ARGUMENT_INVALID` with `name` in the message if not. */
export function wholeNumber(name: string, value: number, min: number, max: number): number {
  if (!Number.isInteger(value) || value < min || value > max) {
    throw new NetError(
      "ARGUMENT_INVALID",
      `Expected ${name} to be a whole number from ${min} to ${max}, got ${String(value)}`,
    );
  }
  return value;
}

/** 2³¹ − 1 ms, almost 25 days: a longer timer fires at once in Node (setTimeout). */
export const MAX_TIMER_MS = 2_147_483_647;
