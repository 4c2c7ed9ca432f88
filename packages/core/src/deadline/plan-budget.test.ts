import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { backoffDelays, type Jitter } from "./backoff.ts";
import { type Deadline, deadlineIn } from "./deadline.ts";
import { type BudgetOptions, type Hop, planBudget } from "./plan-budget.ts";

const service: Hop = { name: "service", timeout: 400, margin: 50 };
const database: Hop = {
  name: "database",
  timeout: 100,
  attempts: 3,
  backoff: { first: 20, max: 100 },
  margin: 30,
};

describe("planBudget", () => {
  test("gives the staircase, and for each hop when its attempts are at worst", () => {
    expect(planBudget({ outer: 600, hops: [service, database] })).toEqual([
      { name: "service", available: 600, needed: 450, attempts: [{ start: 0, end: 400 }] },
      {
        name: "database",
        available: 400,
        needed: 390,
        attempts: [
          { start: 0, end: 100 },
          { start: 120, end: 220 },
          { start: 260, end: 360 },
        ],
      },
    ]);
  });

  test("takes a plan that fits to the millisecond, and refuses one that is a millisecond over, with the sum", () => {
    const backoff = { first: 50, factor: 1, max: 50 };
    const hop: Hop = { name: "service", attempts: 3, timeout: 150, backoff, margin: 20 };
    expect(planBudget({ outer: 570, hops: [hop] })[0]!.needed).toBe(570);
    expect(() => planBudget({ outer: 569, hops: [hop] })).toThrow(
      expect.objectContaining({
        code: "BUDGET_IMPOSSIBLE",
        message:
          'Expected hop "service" to need at most 569 ms, got 3 × 150 + 100 of back-off + 20 of margin = 570',
      }),
    );
  });

  test("refuses equal time-outs at every hop: the margin has no room", () => {
    const hops = ["edge", "service", "database"].map((name) => ({ name, timeout: 200, margin: 10 }));
    expect(() => planBudget({ outer: 210, hops })).toThrow(
      /hop "service" to need at most 200 ms, got .* = 210/,
    );
  });

  test("refuses an inverted staircase, at the hop that waits longer than its caller", () => {
    const hops = [service, { ...database, attempts: 1, timeout: 500 }];
    expect(() => planBudget({ outer: 600, hops })).toThrow(/hop "database" to need at most 400 ms/);
  });

  test("refuses retries that overflow, though each attempt alone would fit", () => {
    expect(planBudget({ outer: 600, hops: [service, { ...database, attempts: 1 }] })).toHaveLength(2);
    expect(() => planBudget({ outer: 600, hops: [service, { ...database, attempts: 4 }] })).toThrow(
      /hop "database"/,
    );
  });

  test("names the outermost hop when several do not fit", () => {
    expect(() => planBudget({ outer: 449, hops: [service, { ...database, attempts: 9 }] })).toThrow(
      /hop "service" to need at most 449 ms, got 1 × 400 \+ 0 of back-off \+ 50 of margin = 450/,
    );
  });

  test.each([
    ["none", 140],
    ["full", 140],
    ["equal", 140],
    ["decorrelated", 240],
  ] as const)("counts jitter %s at its longest: two attempts need %d ms", (jitter, needed) => {
    const hop: Hop = {
      name: "a",
      attempts: 2,
      timeout: 20,
      backoff: { first: 50, max: 500, jitter },
      margin: 50,
    };
    expect(planBudget({ outer: 1000, hops: [hop] })[0]!.needed).toBe(needed);
  });

  test("of what it accepts no attempt is cut short, whatever chance makes of the waits", () => {
    fc.assert(
      fc.property(plans, fc.array(sixtyFourths), (plan, chances) => {
        fc.pre(accepts(plan));
        const random = chances.values();
        expect(overrun(plan, () => random.next().value ?? 1)).toBeUndefined();
      }),
      { numRuns: 1000 },
    );
  });

  test("for what it refuses there is a run in which just the hop that it names is cut short", () => {
    const almostOne = 1 - Number.EPSILON / 2;
    fc.assert(
      fc.property(plans, (plan) => {
        fc.pre(!accepts(plan));
        expect(() => planBudget(plan)).toThrow(`Expected hop "${overrun(plan, () => almostOne)}" to need`);
      }),
      { numRuns: 1000 },
    );
  });

  test.each<Partial<Hop>>([
    { attempts: 0 },
    { attempts: 1.5 },
    { attempts: 1001 },
    { attempts: Number.NaN },
    { timeout: 0 },
    { timeout: -1 },
    { timeout: Infinity },
    { timeout: Number.NaN },
    { margin: -1 },
    { margin: Number.NaN },
    { margin: Infinity },
    { backoff: { first: -1, max: 1 } },
    { backoff: { first: 2, max: 1 } },
  ])("throws ARGUMENT_INVALID for a hop with %o", (wrong) => {
    expect(() => planBudget({ outer: 600, hops: [{ ...service, ...wrong }] })).toThrow(invalid);
  });

  test.each([Number.NaN, Infinity, -1])("throws ARGUMENT_INVALID for an outer time of %d", (outer) => {
    expect(() => planBudget({ outer, hops: [service] })).toThrow(invalid);
  });

  test("throws ARGUMENT_INVALID for no hops, and for more than 100", () => {
    expect(() => planBudget({ outer: 600, hops: [] })).toThrow(invalid);
    expect(() => planBudget({ outer: 600, hops: Array.from({ length: 101 }, () => service) })).toThrow(
      invalid,
    );
  });

  test("says so when the sum is beyond all limits", () => {
    const hop: Hop = { ...service, attempts: 1000, timeout: Number.MAX_SAFE_INTEGER };
    expect(() => planBudget({ outer: Number.MAX_SAFE_INTEGER, hops: [hop] })).toThrow(
      expect.objectContaining({ code: "BUDGET_IMPOSSIBLE" }),
    );
  });
});

const invalid = expect.objectContaining({ code: "ARGUMENT_INVALID" }) as Error;

/** Sums of these have no rounding errors. */
const sixtyFourths = fc.nat(64).map((n) => n / 64);

const plans = fc
  .array(
    fc.record({
      attempts: fc.integer({ min: 1, max: 4 }),
      timeout: fc.integer({ min: 1, max: 300 }),
      first: fc.nat(20),
      factor: fc.integer({ min: 1, max: 3 }),
      jitter: fc.constantFrom<Jitter>("none", "full", "equal", "decorrelated"),
      margin: fc.integer({ min: 1, max: 20 }),
      slack: fc.integer({ min: -3, max: 3 }),
    }),
    { minLength: 1, maxLength: 4 },
  )
  .map((rows): BudgetOptions => {
    // Each caller waits about what the hop needs, or some milliseconds less or more: most plans are near the edge.
    let available = 0;
    const hops: Hop[] = [];
    for (const [index, { attempts, first, factor, jitter, margin, slack, timeout }] of rows.entries()) {
      const wait = index === 0 ? timeout : Math.max(1, available);
      const backoff = { first, factor, max: 60, jitter };
      hops.unshift({ name: `hop ${rows.length - index}`, attempts, timeout: wait, backoff, margin });
      available = attempts * wait + longest(attempts - 1, backoff) + margin + slack;
    }
    return { outer: Math.max(0, available), hops };
  });

/** Written apart from the code under test: the ceilings by powers. */
function longest(
  waits: number,
  { first, factor, max, jitter }: { first: number; factor: number; max: number; jitter: Jitter },
): number {
  let sum = 0;
  for (let wait = 0; wait < waits; wait++) {
    sum += Math.min(max, first * factor ** (jitter === "decorrelated" ? wait + 1 : wait));
  }
  return sum;
}

function accepts(plan: BudgetOptions): boolean {
  try {
    return planBudget(plan).length > 0;
  } catch {
    return false;
  }
}

/**
 * Runs the plan on virtual time, every answer lost: each attempt lasts for its time-out, and carries the deadline that its caller
 * handed in. Gives the first hop, from outside, of which an attempt has less left than the plan meant it to have.
 */
function overrun({ outer, hops }: BudgetOptions, random: () => number): string | undefined {
  const call = (deadline: Deadline, at: number, index: number): string | undefined => {
    const hop = hops[index];
    if (hop === undefined) return undefined;
    const { name, attempts = 1, timeout, backoff, margin } = hop;
    const delays = backoffDelays({ ...backoff!, random });
    let now = at;
    const begun: { now: number; deadline: Deadline }[] = [];
    for (let attempt = 1; attempt <= attempts; attempt++) {
      if (deadline.remaining(now) <= margin) return name;
      const inner = deadline.shrink({ margin, now });
      if (inner.remaining(now) < timeout) return name;
      begun.push({ now, deadline: deadlineIn(timeout, now).earlier(inner) });
      now += timeout + (attempt < attempts ? delays.next().value : 0);
    }
    return begun
      .map((attempt) => call(attempt.deadline, attempt.now, index + 1))
      .find((found) => found !== undefined);
  };
  return call(deadlineIn(outer, 0), 0, 0);
}
