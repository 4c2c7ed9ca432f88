import { NetError } from "@tcpip-workshop/core/net-error";
import { wholeNumber } from "@tcpip-workshop/core/whole-number";
import { MAX_TIMER_MS } from "./max-timer.ts";

/** How long to wait for a reply before sending again, in milliseconds. */
export interface BackoffOptions {
  /** Never less than this, whatever chance says: a retry sooner than the round trip only duplicates. Default 100. */
  least?: number;
  /** The first wait is at most this, each further one at most twice the one before. Default 1000 (RFC 8085, section 3.1.1). */
  first?: number;
  /** No wait is longer than this. Default 8000. */
  most?: number;
}

/** The options, checked and with the defaults filled in. */
export type Backoff = Required<BackoffOptions>;

/** Fills in the defaults. Throws `ARGUMENT_INVALID` unless 0 ≤ least ≤ first ≤ most. */
export function backoff(options: BackoffOptions = {}): Backoff {
  const { least = 100, first = 1000, most = 8000 } = options;
  wholeNumber("least", least, 0, MAX_TIMER_MS);
  wholeNumber("first", first, 1, MAX_TIMER_MS);
  wholeNumber("most", most, 1, MAX_TIMER_MS);
  if (least > first || first > most) {
    throw new NetError(
      "ARGUMENT_INVALID",
      `Expected least ≤ first ≤ most, got ${least}, ${first} and ${most}`,
    );
  }
  return { least, first, most };
}

/**
 * How long to wait after the `attempt`th datagram (1 is the first): evenly anywhere from `least` to a ceiling that doubles
 * up to `most`. Full jitter: clients that lost their replies together do not come back together.
 * `random` gives numbers from 0 to below 1, as `Math.random`.
 */
export function backoffDelay(attempt: number, { least, first, most }: Backoff, random: () => number): number {
  const ceiling = Math.min(most, first * 2 ** (attempt - 1));
  return least + random() * (ceiling - least);
}
