import { NetError } from "../net-error.ts";
import { duration, inRange } from "./milliseconds.ts";

/**
 * How much of a wait is chance. Clients that failed together come back together, unless chance spreads them.
 * `none`: the ceiling itself. `full`: evenly from 0 to the ceiling. `equal`: half of the ceiling, and evenly up to the other half.
 * `decorrelated`: evenly from `first` to `factor` times the wait before.
 */
export type Jitter = "none" | "full" | "equal" | "decorrelated";

/** How long to wait before the second attempt, the third, and so on. */
export interface Backoff {
  /** Ceiling of the first wait, in ms; with `decorrelated` the floor of all. 0 for no waits. */
  first: number;
  /** What the ceiling grows by from wait to wait, from 1 to 100. Default 2; with `decorrelated` 3, as in the source. */
  factor?: number;
  /** No wait is longer, in ms. At least `first`. */
  max: number;
  /** Default `full`. */
  jitter?: Jitter;
}

/**
 * The waits between attempts, in ms, without end: how many attempts there are is the caller's to limit. `random` gives numbers from
 * 0 to 1, as `Math.random` does. Throws `ARGUMENT_INVALID`, for the options at once, for a number of `random` when it comes.
 *
 * Sources: M. Brooker, Exponential Backoff And Jitter, AWS Architecture Blog, 2015; `full` is also gRPC's (grpc/proposal, A6).
 */
export function backoffDelays(options: Backoff & { random: () => number }): Generator<number, never> {
  const { random } = options;
  return delays(check(options), () => inRange("a number of random", random(), 0, 1));
}

/** The same where chance is at its worst: what the first `count` waits can come to, each in ms. Throws `ARGUMENT_INVALID`. */
export function longestDelays(options: Backoff, count: number): number[] {
  const longest = delays(check(options), () => 1);
  return Array.from({ length: count }, () => longest.next().value);
}

const JITTERS: readonly Jitter[] = ["none", "full", "equal", "decorrelated"];

function check({ first, factor, max, jitter = "full" }: Backoff): Required<Backoff> {
  duration("the first back-off", first);
  duration("the longest back-off", max);
  if (first > max) {
    const expected = `Expected the first back-off to be at most the longest, ${max} ms`;
    throw new NetError("ARGUMENT_INVALID", `${expected}, got ${first}`);
  }
  if (!JITTERS.includes(jitter)) {
    throw new NetError("ARGUMENT_INVALID", `Expected jitter ${JITTERS.join(", ")}, got ${jitter}`);
  }
  const growth = inRange("the factor", factor ?? (jitter === "decorrelated" ? 3 : 2), 1, 100);
  return { first, factor: growth, max, jitter };
}

function* delays(backoff: Required<Backoff>, chance: () => number): Generator<number, never> {
  const { first, factor, max, jitter } = backoff;
  if (jitter === "decorrelated") {
    for (let wait = first; ; yield wait) {
      wait = Math.min(max, first + chance() * (wait * factor - first));
    }
  }
  const fixed = { none: 1, full: 0, equal: 0.5 }[jitter];
  // grown step by step and never above `max`: a power of the factor would end at Infinity
  for (let ceiling = first; ; ceiling = Math.min(max, ceiling * factor)) {
    yield ceiling * fixed + (fixed === 1 ? 0 : chance() * ceiling * (1 - fixed));
  }
}
