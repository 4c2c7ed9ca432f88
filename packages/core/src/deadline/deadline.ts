import { NetError } from "../net-error.ts";
import { duration, instant } from "./milliseconds.ts";

/**
 * A point in time by which work has to be done. It does not move, so it can be handed inward through any number of calls, where a
 * duration would start again at each. There is no clock in here: `now` is milliseconds of a monotonic clock that the caller
 * chose, always the same one, such as `performance.now()`.
 */
export class Deadline {
  /** In ms of the caller's clock. */
  readonly at: number;

  /** Throws `ARGUMENT_INVALID` unless `at` is finite and within ±(2⁵³ − 1). */
  constructor(at: number) {
    this.at = instant("a deadline", at);
  }

  /** What is left, in ms; 0 once it has passed, never less. Throws `ARGUMENT_INVALID`. */
  remaining(now: number): number {
    return Math.max(0, this.at - instant("now", now));
  }

  /** Whether nothing is left. Throws `ARGUMENT_INVALID`. */
  expired(now: number): boolean {
    return this.remaining(now) === 0;
  }

  /**
   * The deadline for a call further in: earlier by `margin` ms, which the answer needs for its way back and the caller to act upon
   * it. Throws `DEADLINE_EXCEEDED` when nothing would be left, for that call is not worth making, and `ARGUMENT_INVALID`.
   */
  shrink({ margin, now }: { margin: number; now: number }): Deadline {
    const at = this.at - duration("the margin", margin);
    const left = this.remaining(now);
    if (at > now) return new Deadline(at);
    const got = left === 0 ? "a deadline that has passed" : `${left} ms`;
    throw new NetError(
      "DEADLINE_EXCEEDED",
      `Expected more than the margin of ${margin} ms to be left, got ${got}`,
    );
  }

  /** This one or the other, whichever comes first. Both are of the same clock. */
  earlier(other: Deadline): Deadline {
    return other.at < this.at ? other : this;
  }
}

/** The deadline `ms` from now, or a rounding error sooner, never later. Throws `ARGUMENT_INVALID`. */
export function deadlineIn(ms: number, now: number): Deadline {
  const at = instant("now", now) + duration("the time until a deadline", ms);
  // The sum may have been rounded up, and what a peer or a caller granted must not grow.
  return new Deadline(at - now > ms ? at - Math.abs(at) * Number.EPSILON : at);
}
