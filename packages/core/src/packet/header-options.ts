import { NetError } from "../net-error.ts";
import { invalid, truncated } from "./refusal.ts";

/** What IPv4's and TCP's options have in common: a type, a length that counts both, data, and a list padded to 32-bit words. */
export const NO_OPTIONS: readonly never[] = Object.freeze([]);

/** The length of the option at `at` of a list that ends at `end`. */
export function optionLength(bytes: Uint8Array, at: number, end: number): number {
  if (at + 1 >= end) throw truncated("an option's type and length", 2, end - at, at);
  const length = bytes[at + 1]!;
  if (length < 2) throw invalid("an option's length from 2", length, at + 1);
  if (length > end - at) throw truncated("an option", length, end - at, at + 1);
  return length;
}

/** What options of `length` bytes take, padding included. @throws NetError `ARGUMENT_INVALID` when a header has not that much room. */
export function paddedLength(length: number): number {
  const padded = (length + 3) & ~3;
  if (padded <= MAXIMUM_LENGTH) return padded;
  throw new NetError(
    "ARGUMENT_INVALID",
    `Expected options of at most ${MAXIMUM_LENGTH} bytes, got ${length}`,
  );
}

/** 15 words of header less the 5 that are always there. */
const MAXIMUM_LENGTH = 40;
