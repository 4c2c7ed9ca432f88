import { expect, test } from "vitest";
import { columnsOf, cut, fit } from "./fit.ts";

test("a line that has room stays as it is", () => {
  expect(fit(["  abc def"], 9)).toEqual(["  abc def"]);
});

test("a longer one is broken between words, and goes on indented like its beginning", () => {
  expect(fit(["  one two three four"], 11)).toEqual(["  one two", "  three", "  four"]);
});

test("a word that is longer than the line is broken where the line ends", () => {
  expect(fit(["  0123456789"], 7)).toEqual(["  01234", "  56789"]);
});

test("colours take no room, and are not broken", () => {
  const red = "\u001B[31mone two\u001B[39m three";
  expect(columnsOf(red)).toBe(13);
  expect(fit([red], 8)).toEqual(["\u001B[31mone two\u001B[39m", "three"]);
});

test.each([1, 2, 3, 5, 8, 13, 40])("no line of %i columns is longer, and no word is lost", (columns) => {
  const text = "    a verdict that is read on a narrow terminal, or on a very narrow one: 127.0.0.1:4711";
  const lines = fit([text], columns);
  for (const line of lines) expect(columnsOf(line)).toBeLessThanOrEqual(columns);
  expect(lines.join("").replaceAll(" ", "")).toBe(text.replaceAll(" ", ""));
});

test("what is cut off is said", () => {
  expect(cut("0123456789", 5)).toBe("0123…");
  expect(cut("0123", 5)).toBe("0123");
});

test("a line that nobody reads to its end is cut off, and how much is missing is said", () => {
  const lines = fit([`  ${"x".repeat(10_000)}`, "next"], 80);
  expect(lines).toHaveLength(21);
  expect(lines[19]).toMatch(/^ {2}x+… \d+ characters more/);
  for (const line of lines) expect(columnsOf(line)).toBeLessThanOrEqual(80);
  const missing = Number(/… (\d+) characters/.exec(lines[19] ?? "")?.[1]);
  const shown = lines.slice(0, 20).join("").replace(/….*/, "").replaceAll(" ", "");
  expect(shown.length + missing).toBe(10_000);
});

test.each([
  ["one word", "x".repeat(2_000_000)],
  ["many", "a word ".repeat(300_000)],
  ["colours", "\u001B[31mx\u001B[39m".repeat(150_000)],
])("a line of two megabytes takes no longer than its length: %s", (_, line) => {
  // Whoever searches the rest of the line for each character of it does not come to an end here.
  expect(fit([line], 80)).toHaveLength(20);
  expect(columnsOf(cut(line, 80))).toBe(80);
});
