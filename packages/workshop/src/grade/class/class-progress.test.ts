import { expect, test } from "vitest";
import { ClassProgress, type Origin } from "./class-progress.ts";

function after(...results: [status: "pass" | "fail" | "error" | "absent", origin: Origin][]): ClassProgress {
  const progress = new ClassProgress(3, 2);
  for (const [status, origin] of results) progress.ended({ status }, origin);
  return progress;
}

test("counts what is there to be graded, and apart from it what was known and what is not there", () => {
  const progress = after(["pass", "graded"], ["fail", "known"], ["absent", "unrun"]);
  progress.began();
  expect(progress.line()).toBe(
    "Grading 3 submissions: 2 of 5 results, 1 running, 1 known already, 1 not handed in",
  );
  expect(progress.sum()).toBe("1 result was graded now, 1 was known already.");
});

test("does not call what is absent known, nor an answer that fails a failure of its own", () => {
  const line = after(["absent", "unrun"], ["fail", "graded"], ["fail", "unrun"]).line();
  expect(line).toBe("Grading 3 submissions: 2 of 5 results, 0 running, 1 not handed in");
});

test("says what could not be graded", () => {
  const progress = after(["error", "graded"]);
  expect(progress.line()).toContain(", 1 not gradable");
  expect(progress.sum()).toBe("1 result was graded now.");
});

test("says how long the rest may take once enough is known of it", () => {
  const progress = after(["absent", "unrun"]);
  expect(progress.line()).not.toContain("left");
  progress.began()(4000);
  progress.ended({ status: "pass" }, "graded");
  // Of four, one in two is to be graded.
  expect(progress.line()).toMatch(/, about 8\.0 s left$/);
});

test("says that all was known", () => {
  const all = Array.from({ length: 6 }, (): ["pass", "known"] => ["pass", "known"]);
  expect(after(...all).sum()).toBe("0 results were graded now, 6 were known already.");
});
