import { expect, test } from "vitest";
import { bounded } from "./bounded.ts";

test("what is short stays as it is", () => {
  const value = {
    title: "a",
    steps: ["1. x"],
    at: 7,
    wire: [{ events: [{ at: 1, what: "FIN" }] }],
    none: undefined,
  };
  expect(bounded(value)).toEqual(value);
});

test("a text of megabytes is cut, and says how long it was", () => {
  const { problem } = bounded({ problem: "x".repeat(30_000_000) });
  expect(problem).toHaveLength(8192 + "… (30,000,000 characters)".length);
  expect(problem.endsWith("… (30,000,000 characters)")).toBe(true);
});

test("a list of very many lines is cut, and says how many are left out", () => {
  const { steps } = bounded({ steps: Array.from({ length: 300_000 }, (_, index) => `${index}. push`) });
  expect(steps).toHaveLength(501);
  expect(steps.at(-1)).toBe("… and 299500 more");
});
