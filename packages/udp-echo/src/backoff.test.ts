import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { backoff, backoffDelay } from "./backoff.ts";

describe("backoffDelay", () => {
  const almostOne = 1 - Number.EPSILON / 2;

  test("has a ceiling that doubles with each datagram until the longest wait", () => {
    const limits = backoff({ least: 0, first: 100, most: 1000 });
    const ceilings = [1, 2, 3, 4, 5, 6].map((attempt) =>
      Math.round(backoffDelay(attempt, limits, () => almostOne)),
    );
    expect(ceilings).toEqual([100, 200, 400, 800, 1000, 1000]);
  });

  test("is never shorter than least, even when chance says nothing", () => {
    const limits = backoff({ least: 30, first: 100, most: 1000 });
    expect([1, 2, 9].map((attempt) => backoffDelay(attempt, limits, () => 0))).toEqual([30, 30, 30]);
  });

  test("spreads evenly between floor and ceiling, so that clients do not come back together", () => {
    const limits = backoff({ least: 100, first: 1100, most: 8000 });
    expect([0, 0.25, 0.5, 0.75].map((chance) => backoffDelay(1, limits, () => chance))).toEqual([
      100, 350, 600, 850,
    ]);
  });

  test("stays a finite wait within its limits at any attempt", () => {
    const limits = backoff();
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5000 }),
        fc.double({ min: 0, max: almostOne, noNaN: true }),
        (n, chance) => {
          const wait = backoffDelay(n, limits, () => chance);
          expect(wait).toBeGreaterThanOrEqual(limits.least);
          expect(wait).toBeLessThanOrEqual(limits.most);
        },
      ),
    );
  });
});

describe("backoff", () => {
  test("begins with at most a second unless told otherwise (RFC 8085, section 3.1.1)", () => {
    expect(backoff()).toEqual({ least: 100, first: 1000, most: 8000 });
  });

  test.each([
    { least: -1 },
    { first: 0 },
    { first: 1.5 },
    { most: Infinity },
    { least: 2000 },
    { most: 500 },
  ])("refuses %o", (options) => {
    expect(() => backoff(options)).toThrow(expect.objectContaining({ code: "ARGUMENT_INVALID" }));
  });
});
