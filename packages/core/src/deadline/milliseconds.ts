import { NetError } from "../net-error.ts";

/** The furthest that a time or a duration may be from zero, in ms: above it, numbers no longer tell milliseconds apart. */
const MAX_MS = Number.MAX_SAFE_INTEGER;

/** A point in time, in ms of the caller's clock. Throws `ARGUMENT_INVALID` unless finite and within ±(2⁵³ − 1). */
export function instant(name: string, value: number): number {
  return inRange(name, value, -MAX_MS, MAX_MS, " ms");
}

/** A length of time in ms. Throws `ARGUMENT_INVALID` unless from 0 to 2⁵³ − 1. */
export function duration(name: string, value: number): number {
  return inRange(name, value, 0, MAX_MS, " ms");
}

/** Throws `ARGUMENT_INVALID` unless a number, not NaN, from `min` to `max`. */
export function inRange(name: string, value: number, min: number, max: number, unit = ""): number {
  if (typeof value === "number" && value >= min && value <= max) return value;
  const expected = `Expected ${name} to be from ${min} to ${max}${unit}`;
  throw new NetError("ARGUMENT_INVALID", `${expected}, got ${String(value)}`);
}
