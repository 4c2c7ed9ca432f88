import { expect, test } from "vitest";
import { fitDiff } from "./fit-diff.ts";

test("what goes on in the next line keeps its sign, its colour and its indentation", () => {
  expect(fitDiff(["\u001B[31m-  one two three\u001B[39m"], 10)).toEqual([
    "\u001B[31m-  one two\u001B[39m",
    "\u001B[31m-  three\u001B[39m",
  ]);
  expect(fitDiff(["+one two three", " as it was, and still is"], 8)).toEqual([
    "+one two",
    "+three",
    " as it was, and still is",
  ]);
});
