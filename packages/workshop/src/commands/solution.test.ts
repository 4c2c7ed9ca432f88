import { expect, test } from "vitest";
import { entryOf, readProgress, updateProgress } from "../course/progress.ts";
import { runCommand, widest } from "../testing/run-command.ts";
import { grade, smallCourse } from "../testing/small-course.ts";
import { diff } from "./diff.ts";
import { solution } from "./solution.ts";

test("the solution is for those who have passed", async () => {
  using course = smallCourse();
  grade(course, "04-framing", ["joins frames"]);
  await expect(runCommand(solution, course)).rejects.toThrow(
    /^04-framing has not passed yet[^]*pnpm workshop hint 04\n[^]*pnpm workshop solution 04 --give-up$/,
  );
  grade(course, "04-framing", []);
  const { code, text } = await runCommand(solution, course);
  expect(code).toBe(0);
  expect(text).toMatch(
    /^solutions\/04-framing\/framing\.ts\n\n\/\/ Grown up[^]*export const right = true;\n/,
  );
  expect(text).toContain("As in production:\n  packages/core/src/framing\n  packages/tcp-echo\n");
  expect(readProgress(course.root).exercises.get("04-framing")?.gaveUpAt).toBeUndefined();
});

test("--give-up shows it, is noted, and opens it from then on", async () => {
  using course = smallCourse();
  expect((await runCommand(solution, course, "04", "--give-up")).text).toContain("export const right");
  expect(readProgress(course.root).exercises.get("04-framing")?.gaveUpAt).toMatch(/Z$/);
  expect((await runCommand(solution, course)).code).toBe(0);
});

test("a review asks for the pass anew", async () => {
  using course = smallCourse();
  grade(course, "04-framing", []);
  updateProgress(course.root, (progress) => {
    entryOf(progress, "04-framing").reviewingSince = "2026-11-23T00:00:00Z";
  });
  await expect(runCommand(solution, course)).rejects.toThrow("has not passed again in this review");
  await runCommand(solution, course, "--give-up");
  expect(readProgress(course.root).exercises.get("04-framing")?.reviewingSince).toBeUndefined();
});

test("diff shows what differs, with what is around it, under the same rule", async () => {
  using course = smallCourse();
  await expect(runCommand(diff, course)).rejects.toThrow("pnpm workshop diff 04 --give-up");
  const lines = (changed: string): string =>
    ["one", "two", "three", "four", changed, "six", "seven", "eight", "nine"].join("\n").concat("\n");
  course.write("exercises/04-framing/framing.ts", lines("5").replaceAll("\n", "\r\n"));
  course.write("solutions/04-framing/framing.ts", lines("five"));
  grade(course, "04-framing", []);
  const { text } = await runCommand(diff, course);
  expect(text).toBe(
    "--- exercises/04-framing/framing.ts\n+++ solutions/04-framing/framing.ts\n@@ -2,7 +2,7 @@\n" +
      " two\n three\n four\n-5\n+five\n six\n seven\n eight\n\n- yours   + the solution's\n",
  );
  expect(widest(text)).toBeLessThanOrEqual(80);
});

test("diff says so where nothing differs", async () => {
  using course = smallCourse();
  course.write("solutions/04-framing/framing.ts", "// an answer\n");
  grade(course, "04-framing", []);
  expect((await runCommand(diff, course)).text).toBe("Your 04-framing is the solution, line by line.\n");
});
