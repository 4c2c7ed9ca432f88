import { afterEach, expect, test, vi } from "vitest";
import { paintFor } from "./paint.ts";

afterEach(() => vi.unstubAllEnvs());

const red = "\u001B[31mred\u001B[39m";

test.each([
  ["a terminal", true, {}, red],
  ["a pipe", false, {}, "red"],
  ["a terminal that knows no colours", true, { TERM: "dumb" }, "red"],
  ["one whose owner wants none", true, { NO_COLOR: "1" }, "red"],
  ["a pipe whose owner wants some", false, { FORCE_COLOR: "1" }, red],
])("%s", (_, isTTY, env, expected) => {
  for (const [name, value] of Object.entries({ TERM: "xterm", NO_COLOR: "", FORCE_COLOR: "", ...env }))
    vi.stubEnv(name, value);
  expect(paintFor({ write: () => {}, isTTY })("red", "red")).toBe(expected);
});
