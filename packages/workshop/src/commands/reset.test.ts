import { readFileSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { attempts } from "../course/start-over.ts";
import type { Course } from "../course/course.ts";
import { runCommand } from "../testing/run-command.ts";
import { smallCourse, stub } from "../testing/small-course.ts";
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

test("a second answer does not take the first one's place, and the same one is kept once", async () => {
  using course = smallCourse();
  for (const text of ["// one", "// two", "// one"]) {
    course.write(answer, text);
    await runCommand(reset, course);
  }
  expect(attempts(course, "04-framing").map((path) => read(course, `${path}/framing.ts`))).toEqual([
    "// one",
    "// two",
  ]);
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
