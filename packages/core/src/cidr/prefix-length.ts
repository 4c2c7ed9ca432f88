import { NetError } from "../net-error.ts";
import { cidrRefusal } from "./refusal.ts";

const SLASH = 47;
const ZERO = 48;

/** Where the slash of `10.0.0.0/8` is. @throws NetError `CIDR_INVALID`: with one to three digits behind it, or not a prefix. */
export function slashOf(text: string): number {
  for (let at = text.length - 2; at >= 0 && at >= text.length - 4; at--) {
    if (text.charCodeAt(at) === SLASH) return at;
  }
  throw refusedCidr(text);
}

/** Reads the digits from `start` to the end. @throws NetError `CIDR_INVALID` unless they are a number from 0 to `bits`. */
export function scanPrefixLength(text: string, start: number, bits: 32 | 128): number {
  let length = text.charCodeAt(start) - ZERO;
  for (let at = start + 1; at < text.length; at++) {
    const digit = text.charCodeAt(at) - ZERO;
    if (digit >>> 0 > 9 || length === 0) throw refusedCidr(text);
    length = length * 10 + digit;
  }
  if (length >>> 0 > bits) throw refusedCidr(text);
  return length;
}

/** @throws NetError `ARGUMENT_INVALID` */
export function checkPrefixLength(length: number, least: number, most: number): void {
  if (Number.isInteger(length) && length >= least && length <= most) return;
  throw new NetError(
    "ARGUMENT_INVALID",
    `Expected a prefix length from ${least} to ${most}, got ${String(length)}`,
  );
}

export function refusedCidr(text: unknown): NetError {
  return new NetError("CIDR_INVALID", cidrRefusal(text));
}
