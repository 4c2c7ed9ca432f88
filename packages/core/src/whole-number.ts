import { NetError } from "./net-error.ts";

/** `value`, if it is a whole number from `min` to `max`; `name` is for the message. Throws `ARGUMENT_INVALID` if not. */
export function wholeNumber(name: string, value: number, min: number, max: number): number {
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  const expected = `Expected ${name} to be a whole number from ${min} to ${max}`;
  throw new NetError("ARGUMENT_INVALID", `${expected}, got ${String(value)}`);
}
