import { expect, test } from "vitest";
import { commands } from "../commands.ts";
import { keyHelp, keyOf } from "./keys.ts";

test("a key means the same with Shift", () => {
  expect(keyOf("H")).toBe("hint");
  expect(keyOf("h")).toBe("hint");
  expect(keyOf("ß")).toBeUndefined();
});

test("Ctrl-C and Ctrl-D quit: in raw mode the terminal does not", () => {
  expect([keyOf("\u0003"), keyOf("\u0004"), keyOf("\u001A")]).toEqual(["quit", "quit", "suspend"]);
});

test("what a key does, a command does too", () => {
  const known = new Set(["help", ...Object.keys(commands)]);
  const named = keyHelp.flatMap(([, , command]) => command ?? []);
  expect(named.filter((command) => !known.has(command))).toEqual([]);
});
