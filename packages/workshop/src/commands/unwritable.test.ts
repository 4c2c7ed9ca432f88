import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Command } from "../command.ts";
import { keep } from "../course/keep.ts";
import { readProgress } from "../course/progress.ts";
import { currentLabel, turnTo } from "../course/start-current.ts";
import { runCommand } from "../testing/run-command.ts";
import { smallCourse, verdictOn, type SmallCourse } from "../testing/small-course.ts";
import { diff } from "./diff.ts";
import { hint } from "./hint.ts";
import { next } from "./next.ts";
import { reset } from "./reset.ts";
import { review } from "./review.ts";
import { solution } from "./solution.ts";

const said = /progress\.txt\s+cannot\s+be\s+written/g;

test.each<[string, Command, string[], string]>([
  ["hint", hint, ["04"], "Hint 1 of 3"],
  ["solution --give-up", solution, ["04", "--give-up"], "export const right"],
  ["diff --give-up", diff, ["04", "--give-up"], "+export const right"],
  ["next", next, [], "Next in the course"],
  ["reset", reset, ["04"], "is the untouched stub again"],
])(
  "%s goes on where progress.txt cannot be written, and says so once at most",
  async (_, command, args, shown) => {
    using course = unwritable();
    const { code, text } = await runCommand(command, course, ...args);
    expect(code).toBe(0);
    expect(text).toContain(shown);
    expect(text.match(said)?.length).toBe(command === reset ? undefined : 1);
  },
);

test("what could not be written is true until the process ends, so that a watch goes on as ever", async () => {
  using course = unwritable();
  expect(turnTo(course, "05-streams")).toMatch(said);
  expect(currentLabel(course)).toBe("05-streams");
  await runCommand(hint, course, "05");
  expect((await runCommand(hint, course, "05")).text).toContain("Hint 2 of 3");
  await runCommand(solution, course, "05", "--give-up");
  expect((await runCommand(solution, course, "05")).text).toContain("export const right");
});

test("a verdict counts in this process, and says that it could not be kept", () => {
  using course = unwritable();
  const target = { label: "04-framing", folder: "", name: "exercises/04-framing" };
  expect(keep(course, target, verdictOn("04-framing", []), { isStub: false })).toMatch(said);
  expect(readProgress(course.root).exercises.get("04-framing")?.passedAt).toMatch(/Z$/);
});

test("a review, of which nothing would know, leaves the answer where it is", async () => {
  using course = unwritable();
  const target = { label: "04-framing", folder: "", name: "exercises/04-framing" };
  keep(course, target, verdictOn("04-framing", []), { isStub: false });
  await expect(runCommand(review, course, "--days", "0")).rejects.toThrow(said);
  expect((await runCommand(reset, course, "04")).text).toContain("Your answer is kept in");
});

/** Root may write wherever there is a folder: the link leads to where there is none. */
function unwritable(): SmallCourse {
  const course = smallCourse("04-framing", "05-streams");
  symlinkSync(join(course.root, "gone/progress.txt"), join(course.root, "progress.txt"));
  return course;
}
