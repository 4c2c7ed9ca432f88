import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { hintLines } from "../course/hints-text.ts";
import { readProgress } from "../course/progress.ts";
import { runCommand, widest } from "../testing/run-command.ts";
import { grade, smallCourse } from "../testing/small-course.ts";
import { hint } from "./hint.ts";

test("opens level by level behind the one that the failure has shown, and remembers how far", async () => {
  using course = smallCourse();
  grade(course, "04-framing", ["joins frames"]);
  const first = await runCommand(hint, course, "04");
  expect(first).toEqual({
    code: 0,
    text: "04-framing: joins frames\nHint 2 of 3\n\n  Look where it joins frames.\n\nThe next one says more: pnpm workshop hint 04\n",
  });
  expect((await runCommand(hint, course)).text).toContain("Hint 3 of 3\n\n  Write what joins frames.\n");
  expect(readProgress(course.root).exercises.get("04-framing")?.hints).toEqual(
    new Map([["joins frames", 3]]),
  );
});

test("of a test whose failure was not the one to be read, the first level comes first", async () => {
  using course = smallCourse();
  grade(course, "04-framing", ["splits frames", "joins frames"]);
  expect((await runCommand(hint, course, "--test", "2")).text).toContain("Hint 1 of 3");
  expect((await runCommand(hint, course)).text).toMatch(/splits frames\nHint 2 of 3/);
});

test("behind the last level it points to the lesson and the solution", async () => {
  using course = smallCourse();
  grade(course, "04-framing", ["joins frames"]);
  for (let level = 2; level <= 3; level++) await runCommand(hint, course);
  const { code, text } = await runCommand(hint, course);
  expect(text.replaceAll("\n", " ")).toMatch(
    /^That was the last hint for this test; pnpm workshop hint 04 --test 2 --level 1 shows.*exercises\/04-framing\/README\.md.*pnpm workshop solution 04 --give-up/,
  );
  expect(code).toBe(0);
  expect(widest(text)).toBeLessThanOrEqual(80);
});

test("--level shows one that was open already, and forgets nothing", async () => {
  using course = smallCourse();
  await runCommand(hint, course, "--level", "3");
  expect((await runCommand(hint, course, "--level", "1")).text).toContain("Hint 1 of 3");
  expect(readProgress(course.root).exercises.get("04-framing")?.hints.get("splits frames")).toBe(3);
});

test("without a verdict it is the first test's, and says so", async () => {
  using course = smallCourse();
  expect((await runCommand(hint, course)).text).toMatch(/^No verdict[^]*04-framing: splits frames\n/);
});

test("a verdict on an answer that has changed since is said to be one", async () => {
  using course = smallCourse();
  grade(course, "04-framing", ["joins frames"]);
  writeFileSync(join(course.root, "exercises/04-framing/framing.ts"), "// another");
  expect((await runCommand(hint, course)).text).toMatch(/^Your answer has changed since[^]*joins frames\n/);
});

test("where every test passed none is opened, but the one that is named", async () => {
  using course = smallCourse();
  grade(course, "04-framing", []);
  expect((await runCommand(hint, course)).text).toMatch(/none needs a hint/);
  expect(readProgress(course.root).exercises.get("04-framing")?.hints.size).toBe(0);
  const { text } = await runCommand(hint, course, "--test", "2");
  expect(text).toMatch(/joins frames[^]*pnpm workshop hint 04 --test 2\n$/);
  expect((await runCommand(hint, course, "--test", "Joins")).text).toContain("Hint 2 of 3");
});

test.each([
  [["--level", "4"], 'Expected --level with a whole number from 1 to 3, got "4"'],
  [["--test", "frames"], 'Expected one test, by number or title, got "frames", which fits several'],
  [["--test", "9"], 'Expected one test, by number or title, got "9". There are:\n   1 splits frames'],
  [["solutions/04"], 'Expected an exercise, such as 04, got "solutions/04"'],
])("%j is explained", async (args, message) => {
  using course = smallCourse();
  await expect(runCommand(hint, course, ...args)).rejects.toThrow(message);
});

test("paragraphs are broken anew, lists and code keep their lines", () => {
  expect(hintLines("one two\nthree\n\n- four\n- five\n\n```ts\nconst six = 6;\n```", 10)).toEqual([
    "one two",
    "three",
    "",
    "- four",
    "- five",
    "",
    "    const six = 6;",
  ]);
});
