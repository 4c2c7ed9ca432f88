import { expect, test } from "vitest";
import { smallCourse } from "../testing/small-course.ts";
import { openCourse } from "./course.ts";
import { recognition, recognitionTable } from "./signatures-report.ts";
import { readSignatures } from "./signatures.ts";

const course = openCourse();
const all = course.labels.map((label) => recognition(course, label));

test.each(all)("$label: every known mistake has a signature, by tests that there are", ({ label }) => {
  const signatures = readSignatures(course, label);
  expect(Object.keys(signatures)).toEqual(expect.arrayContaining(course.mistakes(label)));
  const titles = course.exercise(label).hints.map(({ title }) => title);
  for (const { failing, symptom } of Object.values(signatures)) {
    expect(titles).toEqual(expect.arrayContaining(failing));
    expect([failing.length > 0, symptom !== ""]).toEqual([true, true]);
  }
});

test("nine of ten known mistakes are named alone, the others as one of two or three", () => {
  const sum = (of: (one: (typeof all)[number]) => number): number =>
    all.reduce((total, one) => total + of(one), 0);
  const mistakes = sum((one) => one.mistakes);
  expect(sum(({ alone }) => alone) / mistakes).toBeGreaterThan(0.85);
  expect(sum(({ alone, oneOf }) => alone + oneOf) / mistakes).toBeGreaterThan(0.98);
});

test("with half of it written it is nearly as sure", () => {
  const sum = (of: (one: (typeof all)[number]["halfWritten"]) => number): number =>
    all.reduce((total, { halfWritten }) => total + of(halfWritten), 0);
  expect(sum(({ alone }) => alone) / sum(({ cases }) => cases)).toBeGreaterThan(0.85);
  expect(sum(({ unnamed }) => unnamed) / sum(({ cases }) => cases)).toBeLessThan(0.02);
});

test("counts who is alone, and who shares, whole and half-written", () => {
  using small = smallCourse();
  const [first, second] = small.exercise("04-framing").hints.map(({ title }) => title);
  const both = { failing: [first, second], symptom: "both" };
  const signatures = { a: both, b: both, c: { failing: [first], symptom: "both" } };
  for (const name of Object.keys(signatures)) small.write(`mistakes/04-framing/${name}/framing.ts`, "");
  small.write("mistakes/04-framing/signatures.json", JSON.stringify({ ...signatures, gone: both }));
  const counted = recognition(small, "04-framing");
  expect(counted).toEqual({
    label: "04-framing",
    mistakes: 3,
    alone: 1,
    oneOf: 2,
    unnamed: 0,
    groups: [["a", "b"]],
    // With the first test's worth all three are alike; with all of it a and b are.
    halfWritten: { cases: 6, alone: 1, oneOf: 5, unnamed: 0 },
  });
  expect(recognitionTable([counted])).toContain(
    "| 04-framing | 3 | 1 | 2 | 0 | a = b |\n| **all** | 3 | 1 | 2 | 0 | |\n",
  );
});
