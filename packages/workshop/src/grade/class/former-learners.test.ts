import { existsSync, mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { smallCourse, type SmallCourse } from "../../testing/small-course.ts";
import { removeFormerLearners } from "./former-learners.ts";

const pages = ["report.html", "gradescope.json", "04-framing/results.json", "04-framing/classroom.txt"];

function layPages(course: SmallCourse, ...ids: string[]): void {
  for (const id of ids) for (const page of pages) course.write(`out/learners/${id}/${page}`, "{}");
}

const isThere = (course: SmallCourse, path: string): boolean => existsSync(join(course.root, "out", path));

test("the pages of who has left the class are removed, and it is said; results stay", () => {
  using course = smallCourse();
  layPages(course, "alice", "gina");
  course.write("out/results/gina/04-framing.json", "{}");
  expect(removeFormerLearners(join(course.root, "out"), ["alice"])).toEqual([
    "Not in this run, but in an earlier one: gina. Removed from learners/.",
  ]);
  expect(isThere(course, "learners/gina")).toBe(false);
  expect(isThere(course, "results/gina/04-framing.json")).toBe(true);
  expect(isThere(course, "learners/alice/report.html")).toBe(true);
  expect(removeFormerLearners(join(course.root, "out"), ["alice"])).toEqual([]);
});

test("who has left is also known from the report that stands there, as of a merge", () => {
  using course = smallCourse();
  layPages(course, "gina");
  const report = { schema: "tcpip-workshop/grade-report/1", submissions: [{ id: "gina" }] };
  course.write("out/report.json", JSON.stringify(report));
  removeFormerLearners(join(course.root, "out"), ["alice"]);
  expect(isThere(course, "learners/gina")).toBe(false);
});

test("files that no report writes stay where they are, and so does whom no run knows", () => {
  using course = smallCourse();
  layPages(course, "gina", "mine");
  course.write("out/learners/gina/notes/talk.md", "ask her");
  course.write("out/results/gina/04-framing.json", "{}");
  expect(removeFormerLearners(join(course.root, "out"), ["alice"])).toEqual([
    "learners/ also holds what no run wrote, of who is not in this one: gina, mine. It stays.",
  ]);
  expect(isThere(course, "learners/gina/notes/talk.md")).toBe(true);
  expect(isThere(course, "learners/gina/report.html")).toBe(false);
  expect(isThere(course, "learners/mine/report.html")).toBe(true);
});

test("no link is followed", () => {
  using course = smallCourse();
  course.write("elsewhere/report.html", "mine");
  course.write("out/results/gina/04-framing.json", "{}");
  course.write("out/results/hans/04-framing.json", "{}");
  mkdirSync(join(course.root, "out/learners/hans"), { recursive: true });
  for (const link of ["gina", "hans/04-framing"])
    symlinkSync(join(course.root, "elsewhere"), join(course.root, "out/learners", link));
  removeFormerLearners(join(course.root, "out"), ["alice"]);
  expect(existsSync(join(course.root, "elsewhere/report.html"))).toBe(true);
});

test("a folder without learners is none of its business", () => {
  using course = smallCourse();
  expect(removeFormerLearners(join(course.root, "out"), ["alice"])).toEqual([]);
});
