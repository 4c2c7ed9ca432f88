import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Backoff, backoffDelays, type Jitter, longestDelays } from "./backoff.ts";

const JITTERS: readonly Jitter[] = ["none", "full", "equal", "decorrelated"];

describe("backoffDelays", () => {
  test("doubles the wait until the longest one", () => {
    const delays = take(6, { first: 100, max: 1000, jitter: "none", random: noChance });
    expect(delays).toEqual([100, 200, 400, 800, 1000, 1000]);
  });

  test("has full jitter unless told otherwise: from 0 to the ceiling", () => {
    const backoff = { first: 100, max: 1000 };
    expect(take(3, { ...backoff, random: () => 0 })).toEqual([0, 0, 0]);
    expect(take(5, { ...backoff, random: () => 0.5 })).toEqual([50, 100, 200, 400, 500]);
  });

  test("with equal jitter keeps half of the wait", () => {
    const backoff: Backoff = { first: 100, max: 1000, jitter: "equal" };
    expect(take(5, { ...backoff, random: () => 0 })).toEqual([50, 100, 200, 400, 500]);
    expect(take(5, { ...backoff, random: () => 0.5 })).toEqual([75, 150, 300, 600, 750]);
  });

  test("with decorrelated jitter goes from the first to three times the wait before", () => {
    const backoff: Backoff = { first: 100, max: 1000, jitter: "decorrelated" };
    expect(take(3, { ...backoff, random: () => 0 })).toEqual([100, 100, 100]);
    expect(take(5, { ...backoff, random: () => 0.5 })).toEqual([200, 350, 575, 912.5, 1000]);
    // a short wait makes the next one short again
    const chances = [1, 0, 1];
    expect(take(3, { ...backoff, random: () => chances.shift() ?? 0 })).toEqual([300, 100, 300]);
  });

  test("grows by the factor that is asked for", () => {
    expect(take(3, { first: 10, factor: 10, max: 5000, jitter: "none", random: noChance })).toEqual([
      10, 100, 1000,
    ]);
    expect(take(3, { first: 10, factor: 1, max: 5000, jitter: "none", random: noChance })).toEqual([
      10, 10, 10,
    ]);
    expect(longestDelays({ first: 10, factor: 2, max: 5000, jitter: "decorrelated" }, 3)).toEqual([
      20, 40, 80,
    ]);
  });

  test("asks chance once a wait, so that a seed gives the same waits again", () => {
    for (const [jitter, calls] of [
      ["none", 0],
      ["full", 3],
      ["equal", 3],
      ["decorrelated", 3],
    ] as const) {
      let asked = 0;
      const random = (): number => (asked++, 0.5);
      take(3, { first: 1, max: 10, jitter, random });
      expect([jitter, asked]).toEqual([jitter, calls]);
    }
  });

  test("stays a number from 0 to the longest wait, for thousands of attempts and whatever chance says", () => {
    fc.assert(
      fc.property(
        backoffs,
        fc.nat(3000),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (backoff, skipped, chance) => {
          const last = take(skipped + 1, { ...backoff, random: () => chance }).at(-1);
          expect(last).toBeGreaterThanOrEqual(backoff.jitter === "decorrelated" ? backoff.first : 0);
          expect(last).toBeLessThanOrEqual(backoff.max);
        },
      ),
    );
  });

  test.each([
    { first: Number.NaN },
    { first: -1 },
    { first: Infinity },
    { max: Infinity },
    { max: 99 },
    { factor: 0.9 },
    { factor: 101 },
    { factor: Number.NaN },
    { jitter: "some" as Jitter },
  ])("throws ARGUMENT_INVALID for %o at once", (wrong) => {
    expect(() => backoffDelays({ first: 100, max: 1000, random: () => 0, ...wrong })).toThrow(invalid);
  });

  test.each([Number.NaN, -0.1, 1.1])("throws ARGUMENT_INVALID when chance says %d", (chance) => {
    const delays = backoffDelays({ first: 100, max: 1000, random: () => chance });
    expect(() => delays.next()).toThrow(invalid);
  });
});

describe("longestDelays", () => {
  test.each([
    ["none", [100, 200, 400, 800, 1000]],
    ["full", [100, 200, 400, 800, 1000]],
    ["equal", [100, 200, 400, 800, 1000]],
    ["decorrelated", [300, 900, 1000, 1000, 1000]],
  ] as const)("is, with jitter %s, %j", (jitter, longest) => {
    expect(longestDelays({ first: 100, max: 1000, jitter }, 5)).toEqual(longest);
  });

  test("is never less than what chance makes of it", () => {
    const chances = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(backoffs, chances, (backoff, chances) => {
        const random = chances.values();
        const delays = take(chances.length, { ...backoff, random: () => random.next().value ?? 0 });
        const longest = longestDelays(backoff, chances.length);
        expect(delays.filter((delay, index) => delay > longest[index]!)).toEqual([]);
      }),
    );
  });
});

const invalid = expect.objectContaining({ code: "ARGUMENT_INVALID" }) as Error;

const backoffs = fc
  .tuple(
    fc.double({ min: 0, max: 1e6, noNaN: true }),
    fc.double({ min: 0, max: 1e6, noNaN: true }),
    fc.double({ min: 1, max: 100, noNaN: true }),
    fc.constantFrom(...JITTERS),
  )
  .map(([a, b, factor, jitter]) => ({ first: Math.min(a, b), max: Math.max(a, b), factor, jitter }));

function noChance(): number {
  throw new Error("Expected nobody to ask");
}

function take(count: number, options: Backoff & { random: () => number }): number[] {
  const delays = backoffDelays(options);
  return Array.from({ length: count }, () => delays.next().value);
}
