import { expect, test } from "vitest";
import { oneLine, plainText } from "./plain-text.ts";
import { expectHarmless } from "./testing/harmless.ts";

test.each([
  ["a workflow command", "::error::x", /^\\x3a:error::x$/],
  ["one behind spaces", "a\n \t::stop-commands::x", /^a\n \t\\x3a:/],
  ["the older kind, anywhere", "a ##[group]x", /^a #\\x23\[group\]x$/],
  ["Azure's and TeamCity's", "##vso[task] ##teamcity[x]", /^#\\x23vso\[task\] #\\x23teamcity\[x\]$/],
  ["an attachment", "[[ATTACHMENT|/etc/passwd]]", /^\[\\x5bATTACHMENT\|/],
  ["colours", "\x1b[31mred", /^\\x1b\[31mred$/],
  ["a turn of direction", "a\u202eb", /^a\\u202eb$/],
])("%s is written so that it does nothing", (_, text, expected) => {
  expect(plainText(text, 200)).toMatch(expected);
  expectHarmless(plainText(text, 200));
});

test("text that harms nobody stays as it is, line ends and tabs too", () => {
  const text = "Expected 2 frames, got 1:\n\t00 05 ::  é字😀\n";
  expect(plainText(text, 200)).toBe(text);
});

test("what is longer than its room is cut, says so, and never holds half a character", () => {
  for (let limit = 100; limit < 110; limit += 1) {
    const text = plainText("😀".repeat(500), limit);
    expect(text.length).toBeLessThanOrEqual(limit);
    expect(text).toMatch(/😀\n\(cut: it had 1000 characters\)$/u);
    expect(text.isWellFormed()).toBe(true);
  }
});

test("text that grows when it is made harmless is cut all the same", () => {
  expect(plainText("\0".repeat(100), 100)).toMatch(/^(?:\\x00)+\\?.*\n\(cut: it had 100 characters\)$/s);
  expect(plainText("\0".repeat(100), 100)).toHaveLength(100);
});

test("a name is one line, and never empty", () => {
  expect(oneLine("  a\r\n\tb\u2028c ", 200)).toBe(String.raw`a b\u2028c`);
  expect(oneLine("", 200)).toBe("(empty)");
  expect(oneLine(" \n", 200)).toBe("(empty)");
});
