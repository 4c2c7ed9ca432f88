import { NetError } from "@tcpip-workshop/core/net-error";

/** `raw`: each byte comes back as it came. `framed`: whole frames do, behind a length of 4 bytes in big-endian order. */
export type EchoMode = "raw" | "framed";

/** Longest time-out: a Node timer counts milliseconds in 31 bits, and above that fires at once. */
const MAX_TIMEOUT = 2 ** 31 - 1;

/** The number, or `fallback`. Throws `ARGUMENT_INVALID` unless it is a whole one in the range. */
export function integer(name: string, value: number | undefined, fallback: number, range: Range): number {
  const number = value ?? fallback;
  const { min, max } = range;
  if (!Number.isInteger(number) || number < min || number > max) {
    throw new NetError("ARGUMENT_INVALID", `Expected ${name} to be from ${min} to ${max}, got ${number}`);
  }
  return number;
}

/** Milliseconds from 1 to 2³¹ − 1, or Infinity for none. Throws `ARGUMENT_INVALID`. */
export function timeout(name: string, value: number | undefined, fallback: number): number {
  const duration = value ?? fallback;
  if (duration === Number.POSITIVE_INFINITY) return duration;
  if (!(duration >= 1 && duration <= MAX_TIMEOUT)) {
    throw new NetError(
      "ARGUMENT_INVALID",
      `Expected ${name} to be from 1 to ${MAX_TIMEOUT} ms, or Infinity, got ${duration}`,
    );
  }
  return duration;
}

/** Throws `ARGUMENT_INVALID` for a mode that there is not. */
export function echoMode(value: string | undefined): EchoMode {
  if (value === undefined || value === "raw" || value === "framed") return value ?? "raw";
  throw new NetError("ARGUMENT_INVALID", `Expected the mode to be "raw" or "framed", got "${value}"`);
}

export const PORTS: Range = { min: 0, max: 65_535 };
export const FRAME_LENGTHS: Range = { min: 0, max: 2 ** 31 - 1 };

interface Range {
  min: number;
  max: number;
}
