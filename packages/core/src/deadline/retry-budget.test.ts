import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { RetryBudget, type RetryBudgetOptions } from "./retry-budget.ts";

describe("RetryBudget", () => {
  test("begins with its reserve, and says no when that is used up", () => {
    const budget = new RetryBudget({ ratio: 0, minPerSecond: 0, reserve: 3 });
    expect(times(5, () => budget.takeRetry(0))).toEqual([true, true, true, false, false]);
    expect(budget.takeRetry(1e9)).toBe(false);
  });

  test("adds a retry for every ten requests at a ratio of 0.1, not one later", () => {
    const budget = empty({ ratio: 0.1, minPerSecond: 0 });
    for (let request = 1; request <= 9; request++) budget.recordRequest(0);
    expect(budget.canRetry(0)).toBe(false);
    budget.recordRequest(0);
    expect(budget.canRetry(0)).toBe(true);
    expect([budget.takeRetry(0), budget.takeRetry(0)]).toEqual([true, false]);
  });

  test("adds a retry every hundred milliseconds at ten a second, also for a client without requests", () => {
    const budget = empty({ ratio: 0, minPerSecond: 10 });
    expect([99.9, 100, 100, 199, 200].map((now) => budget.takeRetry(now))).toEqual([
      false,
      true,
      false,
      false,
      true,
    ]);
  });

  test("loses nothing of the time to being asked often", () => {
    const budget = empty({ ratio: 0, minPerSecond: 10 });
    // added up in floating point, seven thousand sevenths of a millisecond are less than a second
    for (let sevenths = 0; sevenths <= 7000; sevenths++) budget.canRetry(sevenths / 7);
    expect(times(11, () => budget.takeRetry(1000)).filter(Boolean)).toHaveLength(10);
  });

  test("loses nothing of a ratio in thousandths", () => {
    const budget = empty({ ratio: 1.001, minPerSecond: 0, reserve: 2000 });
    // in floating point 1.001 * 1000 is less than 1001
    for (let request = 1; request <= 1000; request++) budget.recordRequest(0);
    expect(times(1002, () => budget.takeRetry(0)).filter(Boolean)).toHaveLength(1001);
  });

  test("saves up no more than the reserve, from requests or from time", () => {
    const budget = empty({ ratio: 1, minPerSecond: 1000, reserve: 2 });
    for (let request = 1; request <= 100; request++) budget.recordRequest(0);
    expect(times(3, () => budget.takeRetry(0))).toEqual([true, true, false]);
    expect(times(3, () => budget.takeRetry(60_000))).toEqual([true, true, false]);
  });

  test("has the defaults of Finagle: a fifth of the requests, ten a second, a hundred in reserve", () => {
    const budget = new RetryBudget();
    expect(times(101, () => budget.takeRetry(0)).filter(Boolean)).toHaveLength(100);
    for (let request = 1; request <= 100; request++) budget.recordRequest(0);
    expect(times(21, () => budget.takeRetry(0)).filter(Boolean)).toHaveLength(20);
    expect(times(11, () => budget.takeRetry(1000)).filter(Boolean)).toHaveLength(10);
  });

  test("canRetry only looks", () => {
    const budget = new RetryBudget({ ratio: 0, minPerSecond: 0, reserve: 1 });
    expect(times(3, () => budget.canRetry(0))).toEqual([true, true, true]);
    expect([budget.takeRetry(0), budget.canRetry(0)]).toEqual([true, false]);
  });

  test("takes a clock that goes back for one that stands still, and counts no time twice", () => {
    const budget = empty({ ratio: 0, minPerSecond: 10 });
    expect([100, 0, 100, 199, 50, 200].map((now) => budget.takeRetry(now))).toEqual([
      true,
      false,
      false,
      false,
      false,
      true,
    ]);
  });

  test("loses nothing to a clock that goes back", () => {
    const budget = new RetryBudget({ ratio: 0, minPerSecond: 10, reserve: 1 });
    expect([1000, 0, 500].map((now) => budget.canRetry(now))).toEqual([true, true, true]);
  });

  test("counts time from the first call, wherever the clock began", () => {
    for (const now of [5e12, -5e12]) {
      const budget = empty({ ratio: 0, minPerSecond: 1000 }, now);
      expect([budget.takeRetry(now), budget.takeRetry(now + 1)]).toEqual([false, true]);
    }
  });

  test("in any stretch of any run allows at most reserve + ratio × requests + minPerSecond × seconds", () => {
    const event = fc.record({
      what: fc.constantFrom("request", "retry", "retry"),
      after: fc.oneof(fc.constant(0), fc.nat(50), fc.double({ min: 0, max: 500, noNaN: true })),
    });
    const options = fc.record({
      ratio: fc.nat(1500).map((thousandths) => thousandths / 1000),
      minPerSecond: fc.nat(100),
      reserve: fc.integer({ min: 1, max: 5 }),
    });
    fc.assert(
      fc.property(options, fc.nat(1e6), fc.array(event, { maxLength: 80 }), (options, start, events) => {
        const log = run(options, start, events);
        for (const [from, { now: begun }] of log.entries()) {
          let [requests, retries] = [0, 0];
          for (const { what, now } of log.slice(from)) {
            if (what === "request") requests++;
            else retries++;
            const { reserve, ratio, minPerSecond } = options;
            // a stretch that begins within a millisecond gets the whole of it
            const seconds = Math.ceil(now - begun) / 1000;
            const most = reserve + ratio * requests + minPerSecond * seconds;
            expect(retries).toBeLessThanOrEqual(most + 1e-6);
          }
        }
      }),
    );
  });

  test("is not stingy either: what it refuses would have been too much", () => {
    fc.assert(
      fc.property(fc.nat(95), fc.nat(10_000), (requests, thousandths) => {
        const budget = empty({ ratio: thousandths / 1000, minPerSecond: 0, reserve: 1000 });
        for (let request = 1; request <= requests; request++) budget.recordRequest(0);
        let retries = 0;
        while (budget.takeRetry(0)) retries++;
        expect(retries).toBe(Math.floor((requests * thousandths) / 1000));
      }),
    );
  });

  test.each<RetryBudgetOptions>([
    { ratio: -0.1 },
    { ratio: 11 },
    { ratio: Number.NaN },
    { minPerSecond: -1 },
    { minPerSecond: 1.5 },
    { minPerSecond: Infinity },
    { reserve: 0 },
    { reserve: Number.NaN },
    { reserve: 1_000_001 },
  ])("throws ARGUMENT_INVALID for %o", (options) => {
    expect(() => new RetryBudget(options)).toThrow(invalid);
  });

  test.each([Number.NaN, Infinity, -Infinity])("throws ARGUMENT_INVALID at %d o'clock", (now) => {
    expect(() => new RetryBudget().recordRequest(now)).toThrow(invalid);
    expect(() => new RetryBudget().canRetry(now)).toThrow(invalid);
    expect(() => empty({}).takeRetry(now)).toThrow(invalid);
  });
});

const invalid = expect.objectContaining({ code: "ARGUMENT_INVALID" }) as Error;

type Entry = { what: string; now: number };

/** The requests, and the retries that were allowed. */
function run(options: RetryBudgetOptions, start: number, events: { what: string; after: number }[]): Entry[] {
  const budget = new RetryBudget(options);
  let now = start;
  return events.flatMap(({ what, after }) => {
    now += after;
    if (what === "request") budget.recordRequest(now);
    return what === "request" || budget.takeRetry(now) ? [{ what, now }] : [];
  });
}

/** One whose reserve has been used up at `now`. */
function empty(options: RetryBudgetOptions, now = 0): RetryBudget {
  const budget = new RetryBudget(options);
  while (budget.takeRetry(now));
  return budget;
}

function times<T>(count: number, action: () => T): T[] {
  return Array.from({ length: count }, action);
}
