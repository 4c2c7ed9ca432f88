import { instant, inRange } from "./milliseconds.ts";
import { wholeNumber } from "../whole-number.ts";

export interface RetryBudgetOptions {
  /** Retries that each request adds, from 0 to 10, rounded to thousandths. Default 0.2: a fifth of the requests may be retried. */
  ratio?: number;
  /** Retries that each second adds, for clients with few requests. Whole, from 0 to 1,000,000; default 10. */
  minPerSecond?: number;
  /** Retries that are there at first, and the most that can be saved up. Whole, from 1 to 1,000,000; default 100. */
  reserve?: number;
}

/**
 * Bounds what retries add to the load of a service that is in trouble already. Shared by all requests to that service, where a limit
 * of attempts for each would let three attempts at each of three hops become 27. In any stretch of time it allows at most
 * `reserve` + `ratio` × requests + `minPerSecond` × seconds retries. Whether a failure is worth a retry, and whether it is safe to
 * repeat the request, is the caller's to say.
 *
 * `now` is milliseconds of a monotonic clock of the caller's; where it goes back, no time has passed.
 *
 * A token bucket with the defaults of Finagle's RetryBudget: 20 %, 10 a second, and of those ten seconds' worth in reserve. There,
 * what is saved up expires; here it is only bounded. gRPC (grpc/proposal, A6) counts failures, not requests.
 */
export class RetryBudget {
  readonly #perRequest: number;
  readonly #perMs: number;
  readonly #most: number;
  /** In thousandths of a retry, whole: ten requests at 0.1 make one retry, where floating point would say 0.9999999999999999. */
  #tokens: number;
  #since: number | undefined;
  /** Whole milliseconds after `since` that have been added. */
  #added = 0;

  /** Throws `ARGUMENT_INVALID`. */
  constructor({ ratio = 0.2, minPerSecond = 10, reserve = 100 }: RetryBudgetOptions = {}) {
    this.#perRequest = Math.round(inRange("the ratio", ratio, 0, 10) * SCALE);
    // thousandths a millisecond are retries a second
    this.#perMs = wholeNumber("minPerSecond", minPerSecond, 0, 1_000_000);
    this.#most = wholeNumber("the reserve", reserve, 1, 1_000_000) * SCALE;
    this.#tokens = this.#most;
  }

  /** A request was made: a new one, not a retry. Throws `ARGUMENT_INVALID`. */
  recordRequest(now: number): void {
    this.#pass(now);
    this.#add(this.#perRequest);
  }

  /** Whether `takeRetry` would say yes. Throws `ARGUMENT_INVALID`. */
  canRetry(now: number): boolean {
    this.#pass(now);
    return this.#tokens >= SCALE;
  }

  /** Takes one retry, where there is one: then make it. Otherwise hand out the failure. Throws `ARGUMENT_INVALID`. */
  takeRetry(now: number): boolean {
    const may = this.canRetry(now);
    if (may) this.#tokens -= SCALE;
    return may;
  }

  #pass(now: number): void {
    this.#since ??= instant("now", now);
    const elapsed = Math.floor(instant("now", now) - this.#since);
    if (elapsed <= this.#added) return;
    this.#add((elapsed - this.#added) * this.#perMs);
    this.#added = elapsed;
  }

  #add(tokens: number): void {
    this.#tokens = Math.min(this.#most, this.#tokens + tokens);
  }
}

const SCALE = 1000;
