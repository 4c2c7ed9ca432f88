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
import { beSeen, entryOf, longestPause, readProgress, recordVerdict, updateProgress } from "./progress.ts";

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
  expect(readProgress(course.root).exercises.get("04-framing")?.graded).toMatchObject({
    passed: 1,
    total: 2,
    failing: ["joins frames"],
  });
  grade(course, []);
  expect(readProgress(course.root).exercises.get("04-framing")?.graded).toMatchObject({
    passed: 2,
    failing: [],
  });
  expect(readFileSync(join(course.root, "progress.txt"), "utf8")).toMatch(
    /^# .*\n04-framing pass 2\/2 \S+ [0-9a-f]{12}\n {2}passed \S+Z\n/,
  );
});

test("lines that it does not understand stay: a merge conflict loses nothing", () => {
  using course = smallCourse();
  grade(course, []);
  appendFileSync(join(course.root, "progress.txt"), "<<<<<<< theirs\n");
  grade(course, ["joins frames"]);
  expect(readFileSync(join(course.root, "progress.txt"), "utf8")).toContain("<<<<<<< theirs\n");
  expect(readProgress(course.root).exercises.get("04-framing")?.graded?.failing).toEqual(["joins frames"]);
});

test("all that has happened is read as it was written", () => {
  using course = smallCourse();
  updateProgress(course.root, (progress) => {
    progress.track = "onboarding";
    progress.current = "07-time-wait";
    const entry = entryOf(progress, "07-time-wait");
    entry.hints.set("closes by FIN: one TIME-WAIT, at the client", 2);
    entry.gaveUpAt = "2026-11-23T06:00:00Z";
    entry.reviewedAt = "2026-11-24T06:00:00Z";
    entry.minutes = 33.9;
  });
  grade(course, ["joins frames"]);
  const { track, current, exercises, others } = readProgress(course.root);
  expect([track, current, others]).toEqual(["onboarding", "07-time-wait", []]);
  expect(exercises.get("07-time-wait")).toEqual({
    label: "07-time-wait",
    minutes: 33.9,
    hints: new Map([["closes by FIN: one TIME-WAIT, at the client", 2]]),
    gaveUpAt: "2026-11-23T06:00:00Z",
    reviewedAt: "2026-11-24T06:00:00Z",
  });
});

test("minutes are those at work: a pause is none, nor is what comes after the first pass", () => {
  const entry = { label: "04-framing", minutes: 0, hints: new Map<string, number>() };
  const start = Date.UTC(2026, 10, 23);
  for (const at of [0, 60_000, 180_000, 180_000 + longestPause + 1000]) beSeen(entry, start + at);
  expect(entry.minutes).toBe(3);
  const passed = { ...entry, passedAt: "2026-11-23T00:03:00Z" };
  beSeen(passed, start + 240_000);
  expect(passed.minutes).toBe(3);
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
