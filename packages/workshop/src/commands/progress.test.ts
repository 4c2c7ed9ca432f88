import { expect, test } from "vitest";
import { entryOf, updateProgress } from "../course/progress.ts";
import { runCommand, widest } from "../testing/run-command.ts";
import { grade, smallCourse, untouch } from "../testing/small-course.ts";
import { progress } from "./progress.ts";

function courseAtWork() {
  const course = smallCourse("01-packets", "04-framing", "05-echo");
  course.write("tracks/mine.txt", "# The first week\n04\n");
  untouch(course, "05-echo");
  grade(course, "04-framing", []);
  grade(course, "01-packets", ["joins frames"]);
  updateProgress(course.root, (all) => {
    all.track = "mine";
    all.current = "01-packets";
    Object.assign(entryOf(all, "04-framing"), {
      minutes: 61.26,
      passedAt: "2026-11-20T06:00:00Z",
      reviewedAt: "2026-11-23T06:00:00Z",
    });
    entryOf(all, "01-packets").hints.set("joins frames", 2);
    entryOf(all, "01-packets").gaveUpAt = "2026-11-22T06:00:00Z";
  });
  return course;
}

test("tells what has happened, by exercise and by track", async () => {
  using course = courseAtWork();
  const { code, text } = await runCommand(progress, course);
  expect(code).toBe(0);
  expect(text).toMatch(
    /^1 of 3 exercises passed, in 1 h 01 min\n2 hints opened, 1 given up, 1 passed again in a review\n/,
  );
  expect(text).toMatch(/ 01-packets\n {4}1 of 2 tests \S+, 2 hints, given up 2026-11-22\n/);
  expect(text).toMatch(
    /✓ 04-framing\n {4}passed 2026-11-20, 2 of 2 tests \S+, 1 h 01 min,\s+reviewed 2026-11-23\n/,
  );
  expect(text).toContain("Track mine: 1 of 1 passed, 1 h 01 min, the one you follow\n");
  expect(text).not.toContain("05-echo");
  expect(widest(text)).toBeLessThanOrEqual(80);
});

test("an exercise that was opened, and no more, is no line without words", async () => {
  using course = smallCourse("01-packets", "04-framing");
  grade(course, "01-packets", []);
  updateProgress(course.root, (all) => (entryOf(all, "04-framing").minutes = 0.3));
  const { text } = await runCommand(progress, course);
  expect(text).toContain("✓ 01-packets\n");
  expect(text).not.toContain("04-framing");
});

test("--json has every exercise, and null for what has not happened", async () => {
  using course = courseAtWork();
  const report = JSON.parse((await runCommand(progress, course, "--json")).text);
  expect(report).toMatchObject({ version: 1, track: "mine", current: "01-packets" });
  expect(report.exercises[2]).toEqual({
    label: "05-echo",
    answer: "untouched",
    graded: null,
    passedAt: null,
    minutes: 0,
    hints: [],
    gaveUpAt: null,
    reviewingSince: null,
    reviewedAt: null,
  });
  expect(report.exercises[0]).toMatchObject({
    answer: "red",
    graded: { passed: 1, total: 2, failing: ["joins frames"] },
    hints: [{ test: "joins frames", levels: 2 }],
  });
  expect(report.tracks).toEqual([
    { name: "mine", title: "The first week", passed: 1, of: 1, minutes: 61.3, followed: true },
  ]);
  expect(report.total).toEqual({ exercises: 3, passed: 1, minutes: 61.3, hints: 2, givenUp: 1, reviewed: 1 });
});

test("before anything has happened it says how to begin", async () => {
  using course = smallCourse();
  expect((await runCommand(progress, course)).text).toContain("Begin with: pnpm workshop\n");
});
