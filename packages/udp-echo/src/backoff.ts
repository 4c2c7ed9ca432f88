import { NetError } from "@tcpip-workshop/core/net-error";
import { MAX_TIMER_MS, wholeNumber } from "./whole-number.ts";

/** How long to wait for a reply before sending again, in milliseconds. */
export interface BackoffOptions {
  /** Never less than this, whatever chance says: a retry sooner than the round trip only duplicates. Default 100. */
  minMs?: number;
  /** The first wait is at most this, each further one at most twice the one before. Default 1000 (RFC 8085, section 3.1.1). */
  baseMs?: number;
  /** No wait is longer than this. Default 8000. */
  maxMs?: number;
}

/** The options, checked and with the defaults filled in. */
export type Backoff = Required<BackoffOptions>;

/** Fills in the defaults. Throws `ARGUMENT_INVALID` unless 0 ≤ minMs ≤ baseMs ≤ maxMs. */
export function backoff(options: BackoffOptions = {}): Backoff {
  const { minMs = 100, baseMs = 1000, maxMs = 8000 } = options;
  wholeNumber("minMs", minMs, 0, MAX_TIMER_MS);
  wholeNumber("baseMs", baseMs, 1, MAX_TIMER_MS);
  wholeNumber("maxMs", maxMs, 1, MAX_TIMER_MS);
  if (minMs > baseMs || baseMs > maxMs) {
    throw new NetError(
      "ARGUMENT_INVALID",
      `Expected minMs ≤ baseMs ≤ maxMs, got ${minMs}, ${baseMs} and ${maxMs}`,
    );
  }
  return { minMs, baseMs, maxMs };
}

/**
 * How long to wait after the `attempt`th datagram (1 is the first): evenly anywhere from `minMs` to a ceiling that doubles
 * up to `maxMs`. Full jitter: clients that lost their replies together do not come back together.
 * `random` gives numbers from 0 to below 1, as `Math.random`.
 */
export function backoffDelay(
  attempt: number,
  { minMs, baseMs, maxMs }: Backoff,
  random: () => number,
): number {
  const ceiling = Math.min(maxMs, baseMs * 2 ** (attempt - 1));
  return minMs + random() * (ceiling - minMs);
}
