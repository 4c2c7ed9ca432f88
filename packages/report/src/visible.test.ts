import * as fc from "fast-check";
import { expect, test } from "vitest";
import { commandless, visible, visibleLine, visibleLines } from "./visible.ts";

test.each([
  ["\u001B[2J", String.raw`\x1b[2J`],
  ["\u202Etxt.exe", String.raw`\u202etxt.exe`],
  ["a\u200Bb\uFEFF", String.raw`a\u200bb\ufeff`],
  ["\u{E0041}", String.raw`\u{e0041}`],
  ["\uD800", String.raw`\ud800`],
  ["a\rb", String.raw`a\x0db`],
  ["a\r\nb\tc", "a\nb\tc"],
  ["José 李 😀 שלום", "José 李 😀 שלום"],
])("%j is shown as %j", (text, expected) => {
  expect(visible(text)).toBe(expected);
  expect(visible(visible(text))).toBe(expected);
});

test("one line has neither line ends nor tabs, and is cut where it is too long, which is said", () => {
  expect(visibleLine("a\nb\tc")).toBe(String.raw`a\x0ab\x09c`);
  expect(visibleLine("x".repeat(1_000_000), 10)).toBe(`${"x".repeat(10)}… (999990 characters more)`);
  expect(visibleLine("x".repeat(10), 10)).toBe("x".repeat(10));
  expect(visibleLine("😀".repeat(10), 5)).toMatch(/^😀😀… /);
});

test("many lines are cut in their length and in their number, which is said", () => {
  expect(visibleLines("ab\ncdefgh", 100, 4)).toEqual(["ab", "cdef… (2 characters more)"]);
  expect(visibleLines("x\n".repeat(1000), 4)).toEqual(["x", "x", "", "… 1996 characters more"]);
});

test.each([
  ["::error::forged", String.raw`\x3a:error::forged`],
  ["  ::error::forged", String.raw`  \x3a:error::forged`],
  ["a ##[error]x", String.raw`a #\x23[error]x`],
  ["##vso[task.complete]", String.raw`#\x23vso[task.complete]`],
  ["a::b", "a::b"],
])("a CI's runner obeys nothing in %j", (line, expected) => {
  expect(commandless(line)).toBe(expected);
});

// Halves of pairs among them.
const units = fc.array(fc.integer({ min: 0, max: 0xff_ff })).map((all) => String.fromCharCode(...all));

test("whatever comes, nothing is left that is not seen", () => {
  fc.assert(
    fc.property(units, fc.integer({ min: 5, max: 50 }), (text, most) => {
      const line = visibleLine(text, most);
      expect(line).not.toMatch(/[\p{Cc}\p{Cs}\p{Bidi_Control}]/u);
      expect(line.isWellFormed()).toBe(true);
    }),
  );
});
