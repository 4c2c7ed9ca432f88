import { expect, test } from "vitest";
import { inKeys } from "./in-keys.ts";

test.each([
  ["The next one says more: pnpm workshop hint 04", "The next one says more: h"],
  ["The next one says more: pnpm workshop hint 04 --level 3\n", "The next one says more: h\n"],
  ["The next one says more: pnpm workshop hint 04 --test 12 --level 3", "The next one says more: h"],
  ["> where you are   `pnpm workshop next` goes on", "> where you are   n goes on"],
  ["which counts as given up: pnpm workshop\nsolution 04 --give-up", "which counts as given up: s"],
  ["`pnpm test 04` says what fails now.", "t says what fails now."],
  ["start again from the stub: pnpm workshop reset 04", "start again from the stub: r"],
  ["Beside yours: pnpm workshop diff 04", "Beside yours: d"],
])("a line to type becomes the key that does the same: %j", (text, expected) => {
  expect(inKeys(text, "04-framing")).toBe(expected);
});

test.each([
  "pnpm workshop reset 04 --back",
  "pnpm workshop hint 04 --test 3 --level 1",
  "pnpm workshop hint 04 --test 3",
  "pnpm workshop hint 05",
  "pnpm test 04 --seed 7",
  "pnpm test",
  "pnpm workshop list --all",
  "pnpm workshop next-door",
  "pnpm workshop checklist",
])("one that no key does stays: %j", (text) => {
  expect(inKeys(text, "04-framing")).toBe(text);
});
