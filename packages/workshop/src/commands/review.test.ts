import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { entryOf, moment, readProgress, updateProgress } from "../course/progress.ts";
import { pickReview, reviews } from "../course/review.ts";
import { runCommand } from "../testing/run-command.ts";
import { grade, smallCourse, stub } from "../testing/small-course.ts";
import { reset } from "./reset.ts";
import { review } from "./review.ts";

const day = 24 * 60 * 60 * 1000;

test("puts the stub back for an exercise that passed days ago, until it passes again", async () => {
  using course = smallCourse("01-packets", "04-framing");
  passedDaysAgo(course.root, "04-framing", 4);
  const { code, text } = await runCommand(review, course);
  expect(code).toBe(0);
  expect(text).toMatch(/^Once more, from the stub: 04-framing[^]*is kept in attempts\/04-framing\//);
  // By its name: what is put aside during the review is newer.
  const [, name] = /attempts\/04-framing\/(\S+Z)\./.exec(text) ?? [];
  expect(text).toContain(`Leave  pnpm workshop reset 04 --back ${name}\n`);
  expect(readFileSync(join(course.root, "exercises/04-framing/framing.ts"), "utf8")).toBe(stub);
  expect(readProgress(course.root).current).toBe("04-framing");
  expect((await runCommand(review, course)).text).toMatch(/^04-framing is under review/);
  course.write("exercises/04-framing/framing.ts", "// better");
  grade(course, "04-framing", []);
  expect(readProgress(course.root).exercises.get("04-framing")?.reviewedAt).toMatch(/Z$/);
});

test("is left by bringing the old answer back", async () => {
  using course = smallCourse();
  passedDaysAgo(course.root, "04-framing", 4);
  await runCommand(review, course);
  await runCommand(reset, course, "--back");
  expect(readProgress(course.root).exercises.get("04-framing")?.reviewingSince).toBeUndefined();
});

test("where none is due it says which will be, and when", async () => {
  using course = smallCourse("01-packets", "04-framing");
  expect((await runCommand(review, course)).text).toMatch(/^Nothing else has passed yet/);
  passedDaysAgo(course.root, "01-packets", 1);
  passedDaysAgo(course.root, "04-framing", 2);
  const due = moment(Date.now() + day).slice(0, 10);
  expect((await runCommand(review, course)).text).toMatch(
    new RegExp(`^Nothing is due yet\\. The next: 04-framing, from ${due}`),
  );
  expect((await runCommand(review, course, "--days", "2")).text).toMatch(/^Once more/);
});

test("any of those that are due may come", () => {
  using course = smallCourse("01-packets", "02-cidr", "04-framing");
  for (const [index, label] of course.labels.entries()) passedDaysAgo(course.root, label, 5 - index);
  const all = reviews(course, readProgress(course.root), 3);
  const picks = [0, 0.34, 0.99].map((chance) => pickReview(all, Date.now(), () => chance)?.label);
  expect(picks).toEqual(course.labels);
});

test("a number of days that is none is explained", async () => {
  using course = smallCourse();
  await expect(runCommand(review, course, "--days", "soon")).rejects.toThrow(
    'Expected --days with a whole number from 0 to 3650, got "soon"',
  );
});

function passedDaysAgo(root: string, label: string, days: number): void {
  updateProgress(root, (progress) => {
    entryOf(progress, label).passedAt = moment(Date.now() - days * day - 1000);
  });
}
