import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { RecentWindow } from "./recent-window.ts";

const limits = { maxAge: 100, maxEntries: 3, maxBytes: 1000 };

describe("RecentWindow", () => {
  test("gives back what was added, an undefined value too", () => {
    const window = new RecentWindow<string, number | undefined>(limits);
    window.add("a", 1, 10, 0);
    window.add("b", undefined, 10, 0);
    expect(window.get("a", 99)?.value).toBe(1);
    expect(window.get("b", 99)).toBeDefined();
    expect(window.get("c", 99)).toBeUndefined();
  });

  test("forgets at maxAge, and not before", () => {
    const window = new RecentWindow<string, number>(limits);
    window.add("a", 1, 10, 1000);
    expect(window.get("a", 1099)).toBeDefined();
    expect(window.get("a", 1100)).toBeUndefined();
  });

  test("gives up the memory of what is old without counting it as evicted", () => {
    const window = new RecentWindow<string, number>(limits);
    window.add("a", 1, 10, 0);
    window.add("b", 2, 10, 100);
    expect([window.size, window.bytes, window.evicted]).toEqual([1, 10, 0]);
  });

  test("lets the oldest go when there are too many, and counts that", () => {
    const window = new RecentWindow<string, number>(limits);
    for (const key of ["a", "b", "c", "d"]) window.add(key, 0, 10, 0);
    expect(["a", "b", "c", "d"].map((key) => window.get(key, 0) !== undefined)).toEqual([
      false,
      true,
      true,
      true,
    ]);
    expect(window.evicted).toBe(1);
  });

  test("lets as many of the oldest go as the bytes of the newest need", () => {
    const window = new RecentWindow<string, number>(limits);
    window.add("a", 0, 400, 0);
    window.add("b", 0, 400, 0);
    window.add("c", 0, 900, 0);
    expect([window.size, window.bytes, window.evicted]).toEqual([1, 900, 2]);
  });

  test("counts a key that is added again once, as the newest", () => {
    const window = new RecentWindow<string, number>(limits);
    window.add("a", 1, 100, 0);
    window.add("b", 1, 100, 10);
    window.add("a", 2, 50, 20);
    expect([window.size, window.bytes, window.get("a", 119)?.value]).toEqual([2, 150, 2]);
  });

  test("keeps within all three limits whatever is added, and never gives out what is old", () => {
    const step = fc.record({
      key: fc.nat(9),
      bytes: fc.integer({ min: 0, max: 1500 }),
      later: fc.nat(60),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
        const window = new RecentWindow<number, number>(limits);
        const added = new Map<number, number>();
        let now = 0;
        for (const { key, bytes, later } of steps) {
          now += later;
          window.add(key, now, bytes, now);
          added.set(key, now);
          expect(window.size).toBeLessThanOrEqual(3);
          expect(window.bytes).toBeLessThanOrEqual(1000);
          for (const [key, at] of added) {
            const entry = window.get(key, now);
            if (entry) expect(entry.value).toBe(at);
            if (entry) expect(now - at).toBeLessThan(100);
          }
        }
      }),
    );
  });
});
