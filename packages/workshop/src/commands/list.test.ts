import { expect, test } from "vitest";
import { openCourse } from "../course/course.ts";
import { entryOf, updateProgress } from "../course/progress.ts";
import { runCommand, widest } from "../testing/run-command.ts";
import { grade, smallCourse, untouch } from "../testing/small-course.ts";
import { list } from "./list.ts";
import { track } from "./track.ts";

test("says of each exercise how its answer stands, how many tests pass, minutes and hints", async () => {
  using course = smallCourse("01-packets", "02-cidr", "03-mtu", "04-framing");
  untouch(course, "01-packets");
  grade(course, "03-mtu", []);
  grade(course, "04-framing", ["joins frames"]);
  updateProgress(course.root, (progress) => {
    const entry = entryOf(progress, "04-framing");
    entry.minutes = 12.4;
    entry.hints.set("joins frames", 2);
    progress.current = "04-framing";
  });
  const { code, text } = await runCommand(list, course);
  expect(code).toBe(0);
  expect(text).toMatch(/^\[#{5}\.{15}\] {2}1 of 4 passed\n/);
  const rows = text.split("\n").slice(3, 7);
  expect(rows.map((row) => row.trimEnd().replaceAll(/ {2,}/g, " "))).toEqual([
    " 01-packets - The packets",
    " 02-cidr begun The cidr",
    " ✓ 03-mtu passes 2/2 The mtu",
    "> 04-framing red 1/2 12 2 The framing",
  ]);
  course.write("exercises/03-mtu/mtu.ts", "// another");
  expect((await runCommand(list, course)).text).toMatch(/ ✓ 03-mtu +changed +2\/2/);
});

test("what was given up is said to be, until it passes", async () => {
  using course = smallCourse("01-packets", "02-cidr");
  untouch(course, "01-packets");
  updateProgress(course.root, (progress) => {
    for (const label of course.labels) entryOf(progress, label).gaveUpAt = "2026-11-22T06:00:00Z";
  });
  grade(course, "02-cidr", []);
  const { text } = await runCommand(list, course);
  expect(text).toMatch(/ 01-packets +given up +The packets\n[^]* ✓ 02-cidr +passes +2\/2/);
});

test("of a track it lists the track, in its order, and says how to see the others", async () => {
  using course = smallCourse("01-packets", "02-cidr", "04-framing");
  course.write("tracks/mine.txt", "04\n01\n");
  await runCommand(track, course, "mine");
  const { text } = await runCommand(list, course);
  expect(text).toMatch(
    /^Track mine: \[\.{20}\] {2}0 of 2 passed\n[^]*04-framing[^]*01-packets[^]*list --all/,
  );
  expect(text).not.toContain("02-cidr");
  expect((await runCommand(list, course, "--all")).text).toMatch(/01-packets[^]*02-cidr[^]*04-framing/);
});

test("a track that is gone says how to go on without it", async () => {
  using course = smallCourse();
  updateProgress(course.root, (progress) => (progress.track = "gone"));
  await expect(runCommand(list, course)).rejects.toThrow("pnpm workshop track --none");
});

test("the course's own list fits the screen", async () => {
  const { text } = await runCommand(list, openCourse(), "--all");
  expect(widest(text)).toBeLessThanOrEqual(80);
});
