import { expect, test } from "vitest";
import { within } from "./within.ts";

test("what fits is left as roomy as it can be", () => {
  expect(within(16_000, (fieldLimit) => ["x".repeat(fieldLimit)])).toHaveLength(16_000);
});

test.each(["x", "é", "字", "😀"])("room is counted in bytes of UTF-8, of %s too", (character) => {
  const text = within(4000, (fieldLimit) => [character.repeat(Math.floor(fieldLimit / character.length))]);
  expect(Buffer.byteLength(text)).toBeGreaterThanOrEqual(600);
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(4000);
});

test("nothing more is asked for once it is too much", () => {
  let built = 0;
  within(1000, function* (fieldLimit) {
    for (let part = 0; part < 100; part += 1) {
      built += fieldLimit;
      yield "x".repeat(fieldLimit);
    }
  });
  // A part of 16,000, one of 4000, one of 1000 and what is too much, four of 300, and all of 100.
  expect(built).toBe(16_000 + 4000 + 2 * 1000 + 4 * 300 + 100 * 100);
});

test("what fits at no size is given at the smallest", () => {
  expect(within(10, (fieldLimit) => [String(fieldLimit), "x".repeat(20)])).toBe(`100${"x".repeat(20)}`);
});
