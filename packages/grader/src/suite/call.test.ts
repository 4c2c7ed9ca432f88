import { expect, test } from "vitest";
import { noExport } from "./call.ts";

const problem = (exports: { [name: string]: unknown }): string =>
  noExport("answer.ts", { name: "frame", kind: "function" }, exports).message;

test("what a file exports instead is named, with its kinds", () => {
  expect(problem({ frames: "function", Frame: "class" })).toBe(
    "Expected answer.ts to export a function `frame`; it exports `frames` (function), `Frame` (class)",
  );
  expect(problem({})).toContain("it exports nothing");
});

test("of many exports some are named, and no name or kind is longer than a line, whatever the process says they are", () => {
  const many = Object.fromEntries(Array.from({ length: 30_000 }, (_, index) => [`name${index}`, "string"]));
  expect(problem(many)).toMatch(/`name19` \(string\) and 29,980 more$/);
  expect(problem({ ["x".repeat(500_000)]: "y".repeat(500_000) }).length).toBeLessThan(300);
  expect(problem({ a: { toString: 1 } })).toContain("it exports `a`");
});
