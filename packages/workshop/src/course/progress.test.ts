import { appendFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { smallCourse, titles, verdictOn, type SmallCourse } from "../testing/small-course.ts";
import { readChecklist } from "./checklist.ts";
import type { Course } from "./course.ts";
import { openCourse } from "./course.ts";
import { keep } from "./keep.ts";
import {
  beSeen,
  digestOf,
  entryOf,
  longestPause,
  readProgress,
  recordVerdict,
  updateProgress,
} from "./progress.ts";

const label = "04-framing";

/** A small course with a checklist. */
function courseWithChecklist(): SmallCourse {
  const course = smallCourse(label);
  course.write(
    "docs/checklist.md",
    `# Checklist\n\nWords.\n\n## Framing\n\n- One read is not\n  one message.\n${titles.map((title) => `  - [04-framing](x): ${title}\n`).join("")}`,
  );
  return course;
}

const target = { label, folder: "", name: "exercises/04-framing" };
const grade = (course: Course, failing: string[]): string =>
  keep(course, target, verdictOn(label, failing), { isStub: false });

test("a verdict on the learner's answer is kept in plain text, the last one of each exercise", () => {
  using course = smallCourse(label);
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

test("lines that it does not understand stay", () => {
  using course = smallCourse(label);
  grade(course, []);
  appendFileSync(join(course.root, "progress.txt"), "my own note\n");
  grade(course, ["joins frames"]);
  expect(readFileSync(join(course.root, "progress.txt"), "utf8")).toContain("my own note\n");
  expect(readProgress(course.root).exercises.get("04-framing")?.graded?.failing).toEqual(["joins frames"]);
});

test("all that has happened is read as it was written", () => {
  using course = smallCourse(label);
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

test.each([1000, 1500, 2000, 5900, 6100, 8900])(
  "minutes come to the same when somebody is seen every %i ms",
  (every) => {
    using course = smallCourse(label);
    const start = Date.UTC(2026, 10, 23);
    const last = Math.floor(120_000 / every) * every;
    // Written and read again, as each command does.
    for (let at = 0; at <= last; at += every)
      updateProgress(course.root, (progress) => beSeen(entryOf(progress, label), start + at));
    const minutes = readProgress(course.root).exercises.get(label)?.minutes ?? 0;
    expect(last / 60_000 - minutes).toBeGreaterThanOrEqual(0);
    expect(last / 60_000 - minutes).toBeLessThan(0.101);
  },
);

test("no minutes are not written", () => {
  using course = smallCourse(label);
  updateProgress(course.root, (progress) => void (entryOf(progress, label).minutes = 0.04));
  expect(readFileSync(join(course.root, "progress.txt"), "utf8")).not.toContain("minutes");
});

test("an answer whose file is gone is another one, and no error", () => {
  using course = smallCourse(label);
  const exercise = course.exercise(label);
  const before = digestOf(exercise);
  rmSync(join(exercise.folder, "framing.ts"));
  expect(digestOf(exercise)).not.toBe(before);
});

test("a review is over when it passes, and is remembered", () => {
  using course = smallCourse(label);
  updateProgress(course.root, (progress) => {
    Object.assign(entryOf(progress, label), {
      passedAt: "2026-11-01T00:00:00Z",
      reviewingSince: "2026-11-23T00:00:00Z",
    });
  });
  grade(course, ["joins frames"]);
  expect(readProgress(course.root).exercises.get(label)).toMatchObject({
    reviewingSince: "2026-11-23T00:00:00Z",
  });
  grade(course, []);
  const entry = readProgress(course.root).exercises.get(label);
  expect(entry?.reviewedAt).toBe(entry?.graded?.at);
  expect([entry?.reviewingSince, entry?.passedAt]).toEqual([undefined, "2026-11-01T00:00:00Z"]);
});

test.each([
  ["the untouched stub", target, { isStub: true }],
  ["a solution", { ...target, name: "solutions/04-framing" }, { isStub: false }],
])("%s leaves nothing", (_, graded, context) => {
  using course = smallCourse(label);
  const before = readdirSync(course.root);
  keep(course, graded, verdictOn(label, []), context);
  expect(readdirSync(course.root)).toEqual(before);
});

test("where nothing can be written the verdict still stands, and says so", () => {
  using course = smallCourse(label);
  mkdirSync(join(course.root, "progress.txt"));
  expect(grade(course, [])).toContain("could not be kept");
});

test("a suite's page is kept as a file, and where is told", () => {
  using course = smallCourse(label);
  const page = { title: "The storm", text: "Two cuts." };
  expect(keep(course, target, verdictOn(label, [], { page }), { isStub: false })).toContain(
    "reports/04-framing.md",
  );
  expect(readFileSync(join(course.root, "reports/04-framing.md"), "utf8")).toBe("# The storm\n\nTwo cuts.\n");
});

test("a line of the checklist is as its tests are: open, failing, passed, or changed since", () => {
  using course = courseWithChecklist();
  const states = (): string[] =>
    readChecklist(course).flatMap(({ proofs }) => proofs.map(({ state }) => state));
  expect(readChecklist(course)).toMatchObject([{ heading: "Framing", text: "One read is not one message." }]);
  expect(states()).toEqual(["open", "open"]);
  grade(course, ["joins frames"]);
  expect(states()).toEqual(["pass", "fail"]);
  writeFileSync(join(course.exercise("04-framing").folder, "framing.ts"), "// another");
  expect(states()).toEqual(["changed", "fail"]);
  recordVerdict(course.root, course.exercise("04-framing"), verdictOn(label, []));
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
