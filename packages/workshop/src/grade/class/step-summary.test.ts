import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { smallCourse } from "../../testing/small-course.ts";
import { appendStepSummary, cutAtLine } from "./step-summary.ts";

test("what is appended to a step's summary stays within GitHub's limit, ends with a line, and says that it was cut", () => {
  using course = smallCourse();
  const file = join(course.root, "summary.md");
  appendStepSummary("# One\n", file);
  appendStepSummary("ä line of thirty-two characters.\n".repeat(40_000), file);
  const text = readFileSync(file, "utf8");
  expect(statSync(file).size).toBeLessThanOrEqual(1024 * 1024);
  expect(statSync(file).size).toBeGreaterThan(1024 * 1024 - 200);
  expect(text).toMatch(/^# One\nä line of thirty-two characters\.\n/);
  expect(text).toMatch(/characters\.\n\n\*Cut off here: .*\*\n$/);
  expect(text).not.toContain("\uFFFD");
  // It is full.
  appendStepSummary("# Two\n".repeat(100), file);
  expect(readFileSync(file, "utf8")).toBe(text);
});

test("where there is no such file, nothing is written", () => {
  appendStepSummary("# One\n", "");
  expect(cutAtLine("one\ntwo\n", 8)).toBe("one\ntwo\n");
  expect(cutAtLine("one\ntwo\n".repeat(20), 90)).toMatch(/^(one\n|two\n)*(one|two)\n\n\*Cut/);
});
