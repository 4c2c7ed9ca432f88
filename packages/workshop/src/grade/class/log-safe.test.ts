import { describe, expect, test } from "vitest";
import { logSafe, safeText } from "./log-safe.ts";

describe("what is written", () => {
  test.each([
    ["::error file=a.ts::all is lost", ": :error file=a.ts::all is lost"],
    ["fine\n  ::set-output name=x::y\n", "fine\n  : :set-output name=x::y\n"],
    [
      "##[error]no, ##vso[task.complete], ##teamcity[x], ##VSO[y]",
      "# #[error]no, # #vso[task.complete], # #teamcity[x], # #VSO[y]",
    ],
    ["\u001B]0;title\u0007 \u001B[2J\r", "\\x1b]0;title\\x07 \\x1b[2J\\x0d"],
    ["evil \u202Egnp.exe", "evil \\u202egnp.exe"],
  ])("commands nobody: %j", (text, safe) => {
    expect(safeText(text)).toBe(safe);
    expect(safeText(safe)).toBe(safe);
  });

  test("keeps its colours, the status line's end, tabs, and what only looks like a command", () => {
    const text = "\u001B[31m✗\u001B[39m a::b ## c\t1\n\r\u001B[K02 # d";
    expect(safeText(text)).toBe(text);
  });

  test("has the width of where it goes", () => {
    let written = "";
    const out = { write: (text: string) => (written += text), isTTY: true, columns: 60, rows: 9 };
    const safe = logSafe(out);
    expect(safe).toMatchObject({ isTTY: true, columns: 60, rows: 9 });
    safe.write("::debug::x");
    expect(written).toBe(": :debug::x");
  });
});
