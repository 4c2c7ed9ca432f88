import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Verdict } from "@tcpip-workshop/grader";
import { expect, test } from "vitest";
import { answerContext } from "./answer-context.ts";
import { openCourse } from "./course.ts";
import { findTarget } from "./target.ts";

const verdict = {
  status: "fail",
  tests: [{ title: "doubles", status: "fail", failure: { problem: "Twice the number", received: ["43"] } }],
} as unknown as Verdict;
const signature = { failing: ["doubles"], symptom: "Twice the number\n43" };

test("an answer that fails like a known mistake is told what that one is told", () => {
  using course = courseWith({ "adds-one": signature });
  expect(tellsIn(course.root)).toEqual(["adds-one: Do not add."]);
});

test("a signature whose mistake was taken away tells nothing", () => {
  using course = courseWith({ "adds-one": signature, gone: signature });
  expect(tellsIn(course.root)).toEqual(["adds-one: Do not add."]);
});

test("of two or three mistakes that fail alike each is told", () => {
  using course = courseWith({ "adds-one": signature, "adds-two": signature });
  expect(tellsIn(course.root)).toEqual(["adds-one: Do not add.", "adds-two: Do not add."]);
});

test("what fails further tests too is told all the same, but not what the mistake fails and it passes", () => {
  const failing = ["doubles", "doubles twice"];
  using course = courseWith({ "adds-one": signature, "adds-two": { ...signature, failing } });
  expect(tellsIn(course.root)).toEqual(["adds-one: Do not add."]);
  const further = { ...verdict, tests: [...verdict.tests, { title: "halves", status: "fail" }] } as Verdict;
  expect(tellsIn(course.root, further)).toEqual(["adds-one: Do not add."]);
});

test("another value is another mistake", () => {
  using course = courseWith({ "adds-one": { ...signature, symptom: "Twice the number\n44" } });
  expect(tellsIn(course.root)).toEqual([]);
});

test("more than three tell nothing: it could be anything", () => {
  const names = ["adds-one", "adds-two", "adds-three", "adds-four"];
  using course = courseWith(Object.fromEntries(names.map((name) => [name, signature])));
  expect(tellsIn(course.root)).toEqual([]);
});

test("where the learner's file is gone there is no untouched stub", () => {
  using course = courseWith({});
  rmSync(join(course.root, "exercises/01-double/double.ts"));
  const { root } = course;
  expect(answerContext(openCourse(root), findTarget(openCourse(root), "01", root), verdict).isStub).toBe(
    false,
  );
});

function tellsIn(root: string, failed = verdict): string[] {
  const course = openCourse(root);
  return answerContext(course, findTarget(course, "01", root), failed).tells;
}

function courseWith(signatures: object): { root: string } & Disposable {
  const root = mkdtempSync(join(tmpdir(), "course-"));
  const header = "// Mistake: adds.\n// Caught by: doubles\n// Tell: Do not add.\n";
  const files = {
    "exercises/01-double/double.ts": "export {};",
    "exercises/01-double/double.test.ts": "",
    "exercises/01-double/hints.md": "# Hints\n",
    "mistakes/01-double/adds-one/double.ts": header,
    "mistakes/01-double/adds-two/double.ts": header,
    "mistakes/01-double/adds-three/double.ts": header,
    "mistakes/01-double/adds-four/double.ts": header,
    "mistakes/01-double/signatures.json": JSON.stringify(signatures),
  };
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(root, dirname(name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  return { root, [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }) };
}
