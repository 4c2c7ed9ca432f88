import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Exercise, Verdict } from "@tcpip-workshop/grader";
import { expect, test } from "vitest";
import { readChecklist } from "./checklist.ts";
import type { Course } from "./course.ts";
import { openCourse } from "./course.ts";
import { keep } from "./keep.ts";
import { readProgress, recordVerdict } from "./progress.ts";

const titles = ["splits frames", "joins frames"];

/** A project with one exercise; gone when disposed. */
function smallCourse(): Course & Disposable {
  const root = mkdtempSync(join(tmpdir(), "course-"));
  const folder = join(root, "exercises/04-framing");
  mkdirSync(folder, { recursive: true });
  mkdirSync(join(root, "docs"));
  writeFileSync(join(folder, "framing.ts"), "// an answer");
  writeFileSync(
    join(root, "docs/checklist.md"),
    `# Checklist\n\nWords.\n\n## Framing\n\n- One read is not\n  one message.\n${titles.map((title) => `  - [04-framing](x): ${title}\n`).join("")}`,
  );
  const exercise: Exercise = {
    label: "04-framing",
    folder,
    suite: "",
    files: ["framing.ts"],
    scratch: false,
    hints: [],
  };
  return {
    root,
    labels: ["04-framing"],
    exercise: () => exercise,
    mistakes: () => [],
    [Symbol.dispose]: () => rmSync(root, { recursive: true }),
  };
}

function verdict(failing: string[], rest: Partial<Verdict> = {}): Verdict {
  const tests = titles.map((title) => ({
    title,
    status: failing.includes(title) ? ("fail" as const) : ("pass" as const),
    duration: 1,
    why: "",
    read: "",
    hint: "",
    output: "",
  }));
  const status = failing.length === 0 ? "pass" : "fail";
  return { exercise: "04-framing", status, tests, processes: 1, seed: 1, duration: 1, ...rest };
}

const target = { label: "04-framing", folder: "", name: "exercises/04-framing" };
const grade = (course: Course, failing: string[]): string =>
  keep(course, target, verdict(failing), { isStub: false });

test("a verdict on the learner's answer is kept in plain text, the last one of each exercise", () => {
  using course = smallCourse();
  grade(course, ["joins frames"]);
  expect(readProgress(course.root).get("04-framing")).toMatchObject({
    passed: 1,
    total: 2,
    failing: ["joins frames"],
  });
  grade(course, []);
  expect(readProgress(course.root).get("04-framing")).toMatchObject({ passed: 2, failing: [] });
  expect(readFileSync(join(course.root, "progress.txt"), "utf8")).toMatch(
    /^# .*\n04-framing pass 2\/2 \S+ [0-9a-f]{12}\n$/,
  );
});

test("lines that it does not understand stay: a merge conflict loses nothing", () => {
  using course = smallCourse();
  grade(course, []);
  appendFileSync(join(course.root, "progress.txt"), "<<<<<<< theirs\n");
  grade(course, ["joins frames"]);
  expect(readFileSync(join(course.root, "progress.txt"), "utf8")).toContain("<<<<<<< theirs\n");
  expect(readProgress(course.root).get("04-framing")?.failing).toEqual(["joins frames"]);
});

test.each([
  ["the untouched stub", target, { isStub: true }],
  ["a solution", { ...target, name: "solutions/04-framing" }, { isStub: false }],
])("%s leaves nothing", (_, graded, context) => {
  using course = smallCourse();
  keep(course, graded, verdict([]), context);
  expect(readdirSync(course.root).toSorted()).toEqual(["docs", "exercises"]);
});

test("where nothing can be written the verdict still stands, and says so", () => {
  using course = smallCourse();
  mkdirSync(join(course.root, "progress.txt"));
  expect(grade(course, [])).toContain("could not be kept");
});

test("a suite's page is kept as a file, and where is told", () => {
  using course = smallCourse();
  const page = { title: "The storm", text: "Two cuts." };
  expect(keep(course, target, verdict([], { page }), { isStub: false })).toContain("reports/04-framing.md");
  expect(readFileSync(join(course.root, "reports/04-framing.md"), "utf8")).toBe("# The storm\n\nTwo cuts.\n");
});

test("a line of the checklist is as its tests are: open, failing, passed, or changed since", () => {
  using course = smallCourse();
  const states = (): string[] =>
    readChecklist(course).flatMap(({ proofs }) => proofs.map(({ state }) => state));
  expect(readChecklist(course)).toMatchObject([{ heading: "Framing", text: "One read is not one message." }]);
  expect(states()).toEqual(["open", "open"]);
  grade(course, ["joins frames"]);
  expect(states()).toEqual(["pass", "fail"]);
  writeFileSync(join(course.exercise("04-framing").folder, "framing.ts"), "// another");
  expect(states()).toEqual(["changed", "fail"]);
  recordVerdict(course.root, course.exercise("04-framing"), verdict([]));
  expect(states()).toEqual(["pass", "pass"]);
});

test("the course's checklist names tests that there are, and every exercise", () => {
  const course = openCourse();
  const proofs = readChecklist(course).flatMap((line) => line.proofs);
  for (const { label, title } of proofs) {
    expect(course.exercise(label).hints.map((hint) => `${label}: ${hint.title}`)).toContain(
      `${label}: ${title}`,
    );
  }
  expect([...new Set(proofs.map(({ label }) => label))].toSorted()).toEqual(course.labels);
  expect(readChecklist(course).filter((line) => line.proofs.length === 0)).toEqual([]);
});
