import { expect, test } from "vitest";
import { printable } from "./printable.ts";

test("what a terminal would obey is written out, wherever it stands", () => {
  const verdict = {
    output: "\u001B]52;c;aGk=\u0007\u001B[2J",
    failure: { steps: ["a\rb", "\u009B31m"], at: 1 },
  };
  expect(printable(verdict)).toEqual({
    output: "\\x1b]52;c;aGk=\\x07\\x1b[2J",
    failure: { steps: ["a\\x0db", "\\x9b31m"], at: 1 },
  });
});

test("text that turns the direction of reading is written out", () => {
  expect(printable("\u202Etxt.exe")).toBe("\\u202etxt.exe");
});

test("lines, tabs and all that can be read stay as they are", () => {
  const text = "— né\t✓ 漢字\nnext\r\nlast";
  expect(printable({ text })).toEqual({ text: "— né\t✓ 漢字\nnext\nlast" });
});

test("what nobody sees, what turns a text round, and what some take for a line's end are written out", () => {
  const unseen = "a\u061cb\u200bc\u2028d\u2060e\ufefff\u{e0041}g\u00adh\ud800i";
  expect(printable(unseen)).toBe("a\\u061cb\\u200bc\\u2028d\\u2060e\\ufefff\\u{e0041}g\\xadh\\ud800i");
});
