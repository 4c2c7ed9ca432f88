import { mkdirSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { expect, test } from "vitest";
import { attempts } from "../course/start-over.ts";
import type { Course } from "../course/course.ts";
import { UserError } from "../course/user-error.ts";
import { runCommand } from "../testing/run-command.ts";
import { smallCourse, stub, type SmallCourse } from "../testing/small-course.ts";
import { reset } from "./reset.ts";

const answer = "exercises/04-framing/framing.ts";
const read = ({ root }: Course, path: string): string => readFileSync(join(root, path), "utf8");

test("puts the stub back, keeps the answer, and says where it is and how it comes back", async () => {
  using course = smallCourse();
  course.write(answer, "// mine");
  const { code, text } = await runCommand(reset, course, "04");
  expect(code).toBe(0);
  expect(read(course, answer)).toBe(stub);
  const [kept = ""] = attempts(course, "04-framing");
  expect(kept).toMatch(/^attempts\/04-framing\/\d{4}-\d\d-\d\dT\d{6}Z$/);
  expect(text).toContain(`Your answer is kept in ${kept}\n`);
  expect(read(course, `${kept}/framing.ts`)).toBe("// mine");
  expect(text).toContain("pnpm workshop reset 04 --back");
  expect((await runCommand(reset, course, "04", "--back")).text).toMatch(
    new RegExp(`as it was kept in\\s${kept}\n`),
  );
  expect(read(course, answer)).toBe("// mine");
});

test("does nothing where the stub is", async () => {
  using course = smallCourse();
  course.write(answer, stub);
  expect((await runCommand(reset, course)).text).toContain("nothing was done");
  expect(attempts(course, "04-framing")).toEqual([]);
});

test("a second answer does not take the first one's place, and what was put aside last is the newest", async () => {
  using course = smallCourse();
  for (const text of ["// one", "// two", "// one", "// one"]) {
    course.write(answer, text);
    await runCommand(reset, course);
  }
  expect(attempts(course, "04-framing").map((path) => read(course, `${path}/framing.ts`))).toEqual([
    "// one",
    "// two",
    "// one",
  ]);
  await runCommand(reset, course, "--back");
  expect(read(course, answer)).toBe("// one");
});

test("--back gives back what was just put aside, be it kept once before", async () => {
  using course = smallCourse();
  await putAside(course, "// A", "// B");
  await runCommand(reset, course, "--back");
  await runCommand(reset, course, "--back");
  expect(read(course, answer)).toBe("// A");
  await runCommand(reset, course);
  await runCommand(reset, course, "--back");
  expect(read(course, answer)).toBe("// A");
});

test("a name behind --back chooses another, alone, behind the label, or as the folder that was told", async () => {
  using course = smallCourse();
  await putAside(course, "// A", "// B", "// C");
  const [first = "", second = "", third = ""] = attempts(course, "04-framing");
  const { text } = await runCommand(reset, course, "04", "--back", basename(first));
  expect(read(course, answer)).toBe("// A");
  expect(text).toContain(
    `2 more in attempts/04-framing, for example: pnpm workshop reset 04 --back ${basename(third)}`,
  );
  await runCommand(reset, course, "--back", basename(second));
  expect(read(course, answer)).toBe("// B");
  await runCommand(reset, course, "--back", `${third}/`);
  expect(read(course, answer)).toBe("// C");
});

test("a name that is none, or stands there without --back, changes nothing and is explained", async () => {
  using course = smallCourse();
  await putAside(course, "// A");
  const [kept = ""] = attempts(course, "04-framing");
  await expect(runCommand(reset, course, "04", "--back", "2020-01-01T000000Z")).rejects.toThrow(
    `got "2020-01-01T000000Z". There are:\n  ${basename(kept)}`,
  );
  await expect(runCommand(reset, course, "04", basename(kept))).rejects.toThrow(
    "Expected --back in front of",
  );
  expect(read(course, answer)).toBe(stub);
});

test("what is no kept answer is skipped: a file, an empty folder, one that was never made whole", async () => {
  using course = smallCourse();
  course.write("attempts/04-framing/.DS_Store", "x");
  course.write("attempts/04-framing/.making-1-1/framing.ts", "// half");
  mkdirSync(join(course.root, "attempts/04-framing/2099-01-01T000000Z"));
  course.write(answer, "// mine");
  expect((await runCommand(reset, course, "--back")).text).toContain("nothing was done");
  expect(read(course, answer)).toBe("// mine");
  await runCommand(reset, course);
  await runCommand(reset, course, "--back");
  expect(read(course, answer)).toBe("// mine");
});

test("--back to an answer without one of the stub's files leaves the stub's there", async () => {
  using course = smallCourse();
  course.write("attempts/04-framing/2020-01-01T000000Z/helper.ts", "// helper");
  course.write(answer, stub);
  await runCommand(reset, course, "--back");
  expect(read(course, answer)).toBe(stub);
  expect(read(course, "exercises/04-framing/helper.ts")).toBe("// helper");
});

test("where nothing can be kept nothing is changed, and it is a sentence", async () => {
  using course = smallCourse();
  course.write("attempts", "a file");
  course.write(answer, "// mine");
  await expect(runCommand(reset, course)).rejects.toThrow(UserError);
  expect(read(course, answer)).toBe("// mine");
});

test("--back keeps what it replaces: two times, and all is as it was", async () => {
  using course = smallCourse();
  course.write(answer, "// one");
  await runCommand(reset, course);
  course.write(answer, "// two");
  await runCommand(reset, course, "--back");
  expect(read(course, answer)).toBe("// one");
  await runCommand(reset, course, "--back");
  expect(read(course, answer)).toBe("// two");
});

test("--back does nothing where nothing is kept", async () => {
  using course = smallCourse();
  expect((await runCommand(reset, course, "--back")).text).toContain("nothing was done");
});

test("a file that the learner added is kept with the others, one that they deleted comes back", async () => {
  using course = smallCourse();
  course.write("exercises/04-framing/helper.ts", "// mine too");
  rmSync(join(course.root, answer));
  await runCommand(reset, course);
  const files = readdirSync(join(course.root, "exercises/04-framing")).filter((name) => name.endsWith(".ts"));
  expect(files.toSorted()).toEqual(["framing.test.ts", "framing.ts"]);
  await runCommand(reset, course, "--back");
  expect(read(course, "exercises/04-framing/helper.ts")).toBe("// mine too");
});

async function putAside(course: SmallCourse, ...texts: string[]): Promise<void> {
  for (const text of texts) {
    course.write(answer, text);
    await runCommand(reset, course);
  }
}
