import { NetError } from "../net-error.ts";
import { type Backoff, longestDelays } from "./backoff.ts";
import { duration, inRange } from "./milliseconds.ts";
import { wholeNumber } from "../whole-number.ts";

/** One hop of a chain of calls: what the one who makes the calls means to do. */
export interface Hop {
  /** For the refusal. */
  name: string;
  /** Calls in all, the first included. From 1 to 1000; default 1. */
  attempts?: number;
  /** What each of them may take, in ms; above 0. The hop further in has to be done within that. */
  timeout: number;
  /** Between attempts. Default: no wait. */
  backoff?: Backoff;
  /** For the answer's way back to who called this hop, and to act upon it, in ms. */
  margin: number;
}

export interface BudgetOptions {
  /** What the caller of the first hop waits, in ms. */
  outer: number;
  /** From the outermost inward, at most 100; each is called by an attempt of the one before. */
  hops: readonly Hop[];
}

/** A hop whose worst case fits. Times are in ms. */
export interface PlannedHop {
  name: string;
  /** What its caller waits: `outer`, or the time-out of the hop before. */
  available: number;
  /** The worst case: all attempts, all waits at their longest, and the margin. At most `available`. */
  needed: number;
  /** Each attempt in that case, from the moment when the hop was called. */
  attempts: { start: number; end: number }[];
}

/**
 * The staircase of a chain of calls, checked before there is traffic: at each hop, attempts × time-out + back-off + margin
 * must fit into what its caller waits. Otherwise the caller gives up while retries go on behind it, for nobody.
 *
 * It is about requests. The idle time-out of a pooled connection goes the other way, the client's below the server's.
 *
 * Throws `BUDGET_IMPOSSIBLE`, naming the first hop from outside that does not fit, and `ARGUMENT_INVALID`.
 */
export function planBudget({ outer, hops }: BudgetOptions): PlannedHop[] {
  wholeNumber("the number of hops", hops.length, 1, 100);
  let available = duration("the outer time", outer);
  return hops.map((hop) => {
    const planned = plan(hop, available);
    available = hop.timeout;
    return planned;
  });
}

function plan(hop: Hop, available: number): PlannedHop {
  const { name, timeout, margin } = hop;
  const of = ` of hop "${name}"`;
  const count = wholeNumber(`the attempts${of}`, hop.attempts ?? 1, 1, 1000);
  duration(`the margin${of}`, margin);
  inRange(`the time-out${of}`, timeout, Number.MIN_VALUE, Number.MAX_SAFE_INTEGER, " ms");

  const waits = longestDelays(hop.backoff ?? { first: 0, max: 0 }, count - 1);
  let start = 0;
  const attempts = [0, ...waits].map((wait) => {
    start += wait;
    const attempt = { start, end: start + timeout };
    start = attempt.end;
    return attempt;
  });
  const needed = start + margin;
  if (needed > available) {
    const backoff = waits.reduce((sum, wait) => sum + wait, 0);
    const sum = `${count} × ${timeout} + ${backoff} of back-off + ${margin} of margin = ${needed}`;
    throw new NetError(
      "BUDGET_IMPOSSIBLE",
      `Expected hop "${name}" to need at most ${available} ms, got ${sum}`,
    );
  }
  return { name, available, needed, attempts };
}
