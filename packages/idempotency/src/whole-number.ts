import { NetError } from "@tcpip-workshop/core/net-error";

/** `value`, if it is a whole number from `min` to `max`. Throws `ARGUMENT_INVALID` with `name` in the message if not. */
export function wholeNumber(name: string, value: number, min: number, max: number): number {
  if (!Number.isSafeInteger(value) || value < min || value > max) {
    const expected = `Expected ${name} to be a whole number from ${min} to ${max}`;
    throw new NetError("ARGUMENT_INVALID", `${expected}, got ${String(value)}`);
  }
  return value;
}
