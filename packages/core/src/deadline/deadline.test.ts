import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Deadline, deadlineIn } from "./deadline.ts";

const MAX = Number.MAX_SAFE_INTEGER;
// clocks as they are: performance.now() has fractions, Date.now() has 13 digits, System.nanoTime() begins anywhere
const instant = fc.oneof(
  fc.double({ min: -1e13, max: 1e13, noNaN: true }),
  fc.integer({ min: -1000, max: 1000 }),
);
const duration = fc.oneof(fc.double({ min: 0, max: 1e13, noNaN: true }), fc.nat(1000));

describe("Deadline", () => {
  test("has less and less left, and then nothing, never less than that", () => {
    const deadline = deadlineIn(600, 1000);
    expect([1000, 1250, 1599, 1600, 1601, 9999].map((now) => deadline.remaining(now))).toEqual([
      600, 350, 1, 0, 0, 0,
    ]);
    expect([1599, 1600, 1601].map((now) => deadline.expired(now))).toEqual([false, true, true]);
  });

  test("stays where it is while it is handed inward, where a duration would start again", () => {
    const edge = deadlineIn(600, 0);
    const service = edge.shrink({ margin: 200, now: 150 });
    const database = service.shrink({ margin: 200, now: 180 });
    expect([edge.at, service.at, database.at]).toEqual([600, 400, 200]);
  });

  test("can be shrunk while more than the margin is left", () => {
    expect(deadlineIn(100, 0).shrink({ margin: 30, now: 69 }).remaining(69)).toBe(1);
    expect(() => deadlineIn(100, 0).shrink({ margin: 30, now: 70 })).toThrow(
      expect.objectContaining({
        code: "DEADLINE_EXCEEDED",
        message: "Expected more than the margin of 30 ms to be left, got 30 ms",
      }),
    );
  });

  test("that has passed cannot be shrunk, not even by nothing", () => {
    expect(() => deadlineIn(100, 0).shrink({ margin: 0, now: 100 })).toThrow(
      expect.objectContaining({
        code: "DEADLINE_EXCEEDED",
        message: "Expected more than the margin of 0 ms to be left, got a deadline that has passed",
      }),
    );
  });

  test("of two is the earlier one, whoever is asked", () => {
    const [sooner, later] = [deadlineIn(1, 0), deadlineIn(2, 0)];
    expect(sooner.earlier(later)).toBe(sooner);
    expect(later.earlier(sooner)).toBe(sooner);
  });

  test("never has less than nothing left, nor more than it began with", () => {
    fc.assert(
      fc.property(duration, instant, duration, (ms, start, elapsed) => {
        const left = deadlineIn(ms, start).remaining(start + elapsed);
        expect(left).toBeGreaterThanOrEqual(0);
        expect(left).toBeLessThanOrEqual(ms);
      }),
    );
  });

  test("only shrinks inward, hop by hop, and what comes out has something left", () => {
    fc.assert(
      fc.property(instant, duration, fc.array(fc.tuple(fc.nat(100), fc.nat(100))), (start, ms, hops) => {
        let [outer, now] = [deadlineIn(ms, start), start];
        for (const [margin, elapsed] of hops) {
          now += elapsed;
          const inner = orUndefined(() => outer.shrink({ margin, now }));
          if (inner === undefined) {
            expect(outer.at - margin).toBeLessThanOrEqual(now);
            break;
          }
          expect(inner.at).toBeLessThanOrEqual(outer.at);
          expect(inner.remaining(now)).toBeGreaterThan(0);
          expect(outer.earlier(inner).at).toBe(inner.at);
          outer = inner;
        }
      }),
    );
  });

  test.each([Number.NaN, Infinity, -Infinity, MAX + 1, -MAX - 1])("is not to be had at %d", (at) => {
    expect(() => new Deadline(at)).toThrow(invalid);
    expect(() => deadlineIn(1, at)).toThrow(invalid);
    expect(() => deadlineIn(1, 0).remaining(at)).toThrow(invalid);
    expect(() => deadlineIn(1, 0).expired(at)).toThrow(invalid);
    expect(() => deadlineIn(1, 0).shrink({ margin: 0, now: at })).toThrow(invalid);
  });

  test.each([Number.NaN, Infinity, -1, MAX + 1])("takes no duration of %d ms", (ms) => {
    expect(() => deadlineIn(ms, 0)).toThrow(invalid);
    expect(() => deadlineIn(1, 0).shrink({ margin: ms, now: 0 })).toThrow(invalid);
  });

  test("does not overflow: the sum of two good numbers may be none", () => {
    expect(() => deadlineIn(MAX, 1)).toThrow(invalid);
    expect(deadlineIn(MAX - 1, 1).remaining(1)).toBe(MAX - 1);
    expect(() => deadlineIn(0, -MAX).shrink({ margin: MAX, now: -MAX })).toThrow(
      expect.objectContaining({ code: "DEADLINE_EXCEEDED" }),
    );
  });
});

const invalid = expect.objectContaining({ code: "ARGUMENT_INVALID" }) as Error;

function orUndefined<T>(attempt: () => T): T | undefined {
  try {
    return attempt();
  } catch (error) {
    expect(error).toMatchObject({ code: "DEADLINE_EXCEEDED" });
    return undefined;
  }
}
