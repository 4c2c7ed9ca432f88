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

type Kind = "whole" | "halfWritten" | "further" | "pairs" | "notKept";

function counted(kind: Kind, of: "cases" | "alone" | "oneOf" | "unnamed" | "wrong"): number {
  return all.reduce((total, one) => total + one[kind][of], 0);
}

test.each(["whole", "halfWritten", "further", "pairs"] as const)(
  "%s: nine of ten known mistakes are named alone, next to none goes unnamed, and none gets another's name",
  (kind) => {
    expect(counted(kind, "alone") / counted(kind, "cases")).toBeGreaterThan(0.85);
    expect(counted(kind, "unnamed") / counted(kind, "cases")).toBeLessThan(0.02);
    expect(counted(kind, "wrong")).toBe(0);
  },
);

test("a mistake that nobody has kept gets the name of another seldom", () => {
  expect(counted("notKept", "wrong") / counted("notKept", "cases")).toBeLessThan(0.1);
  expect(counted("notKept", "alone") + counted("notKept", "oneOf")).toBe(0);
});

test("counts who is alone, and who is listed with others, whole and on the way", () => {
  using small = smallCourse();
  const [first, second] = small.exercise("04-framing").hints.map(({ title }) => title);
  const both = { failing: [first, second], symptom: "both" };
  const signatures = {
    a: both,
    b: both,
    c: { failing: [first], symptom: "other" },
    d: { failing: [second], symptom: "late" },
  };
  for (const name of Object.keys(signatures)) small.write(`mistakes/04-framing/${name}/framing.ts`, "");
  small.write("mistakes/04-framing/signatures.json", JSON.stringify({ ...signatures, gone: both }));
  const found = recognition(small, "04-framing");
  expect(found).toEqual({
    label: "04-framing",
    whole: { cases: 4, alone: 2, oneOf: 2, unnamed: 0, wrong: 0 },
    groups: [["a", "b"]],
    // Of the first three with one test's worth and with both, of the last with both.
    halfWritten: { cases: 7, alone: 3, oneOf: 4, unnamed: 0, wrong: 0 },
    further: { cases: 4, alone: 2, oneOf: 2, unnamed: 0, wrong: 0 },
    // Each of the first three with the last.
    pairs: { cases: 3, alone: 1, oneOf: 2, unnamed: 0, wrong: 0 },
    // Without a it is b, and the other way round.
    notKept: { cases: 4, alone: 0, oneOf: 0, unnamed: 2, wrong: 2 },
  });
  expect(recognitionTable([found])).toContain(
    "| 04-framing | 4 | 2 | 2 | 0 | a = b |\n| **all** | 4 | 2 | 2 | 0 | |\n",
  );
  expect(recognitionTable([found])).toContain(
    "| a mistake that nobody has kept | 4 | 0 | 0 | 2 (50.0 %) | 2 (50.0 %) |\n",
  );
});
