import { expect, test } from "vitest";
import { readProgress } from "../course/progress.ts";
import { currentLabel } from "../course/start-current.ts";
import { runCommand } from "../testing/run-command.ts";
import { grade, smallCourse, untouch } from "../testing/small-course.ts";
import { next } from "./next.ts";
import { track } from "./track.ts";

test("goes on to the next that has not passed, and makes it the current one", async () => {
  using course = smallCourse("01-packets", "02-cidr", "04-framing");
  expect(currentLabel(course)).toBe("01-packets");
  grade(course, "02-cidr", []);
  const { code, text } = await runCommand(next, course);
  expect(text).toBe(
    "Next in the course: 04-framing, The framing: how it goes\n\n" +
      "  Read   exercises/04-framing/README.md\n  Write  exercises/04-framing/framing.ts\n  Grade  pnpm test 04\n" +
      "\n01-packets has not passed: it comes again behind the last.\n",
  );
  expect(code).toBe(0);
  expect(readProgress(course.root).current).toBe("04-framing");
});

test("from the last it comes back to what was left out", async () => {
  using course = smallCourse("01-packets", "02-cidr");
  await runCommand(next, course);
  await runCommand(next, course);
  expect(currentLabel(course)).toBe("01-packets");
});

test("in a track it keeps to the track's order", async () => {
  using course = smallCourse("01-packets", "02-cidr", "04-framing");
  course.write("tracks/mine.txt", "04\n01\n");
  await runCommand(track, course, "mine");
  expect(currentLabel(course)).toBe("04-framing");
  expect((await runCommand(next, course)).text).toContain('Next in the track "mine": 01-packets');
});

test("where a track has sent them, and they have not been yet, it opens first; then it goes on", async () => {
  using course = smallCourse("01-packets", "02-cidr", "04-framing");
  for (const label of course.labels) untouch(course, label);
  course.write("tracks/mine.txt", "04\n01\n");
  await runCommand(track, course, "mine");
  expect((await runCommand(next, course)).text).toContain('Next in the track "mine": 04-framing');
  const { text } = await runCommand(next, course);
  expect(text).toContain('Next in the track "mine": 01-packets');
  expect(text).not.toContain("has not passed");
});

test("the last that is left is said to be, and the end", async () => {
  using course = smallCourse("01-packets", "02-cidr");
  grade(course, "01-packets", []);
  expect((await runCommand(next, course)).text).toBe("02-cidr is the last of the course that is left.\n");
  grade(course, "02-cidr", []);
  expect((await runCommand(next, course)).text).toMatch(/every exercise has passed[^]*checklist[^]*review/);
});
