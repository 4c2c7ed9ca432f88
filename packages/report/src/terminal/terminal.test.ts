import * as fc from "fast-check";
import { expect, test } from "vitest";
import { sampleClass } from "../testing/sample-class.ts";
import { troubledClass } from "../testing/troubled-class.ts";
import { strangeClass } from "../testing/strange-class.ts";
import { columnsOf, fitted, wrapped } from "./columns.ts";
import { toTerminal } from "./terminal.ts";

const report = sampleClass({ learners: 30 });

test("a class is a table of 80 columns, readable without colour", () => {
  const lines = toTerminal(report).split("\n");
  expect(lines[0]).toBe("30 learners, 16 exercises");
  expect(lines[2]).toBe("Learner      01 02 03 04 05 06 07 08 09 10 11 12 13 14 15 16       total");
  expect(lines.filter((line) => columnsOf(line) > 80)).toEqual([]);
  const first = report.submissions[0];
  expect(lines[3]).toMatch(new RegExp(`^${first?.id} +(?: {2}[✓✗!–]){16} +[\\d.]+/160$`));
  expect(lines).toContain("Needs a look");
  expect(lines.at(-3)).toBe("✓ Sealed: these marks hold against cheats");
});

test("where sixteen columns have no room, the table goes on below", () => {
  const lines = toTerminal(report, { columns: 50 }).split("\n");
  expect(lines.filter((line) => line.startsWith("Learner"))).toHaveLength(2);
  expect(lines.filter((line) => columnsOf(line) > 50)).toEqual([]);
});

test("colours add nothing but colour", () => {
  const painted = toTerminal(report, { paint: (style, text) => `\u001B[${style.length}m${text}\u001B[0m` });
  // oxlint-disable-next-line no-control-regex
  expect(painted.replaceAll(/\u001B\[\d+m/g, "")).toBe(toTerminal(report));
  expect(painted).not.toBe(toTerminal(report));
});

test("one learner is told exercise by exercise, with the text of each first failure", () => {
  const submission = report.submissions.find(({ results }) =>
    results.some(({ status }) => status === "fail"),
  );
  const result = submission?.results.find(({ status }) => status === "fail");
  const first = result?.tests.find(({ status }) => status === "fail");
  if (submission === undefined || result === undefined) throw new Error("no sample");
  const text = toTerminal({ ...report, submissions: [submission] });
  expect(text).toMatch(new RegExp(`^${submission.id}: [\\d.]+ of 160 points \\(\\d+ %\\)\n`));
  expect(text).toContain(`✗ ${result.exercise}: `);
  expect(text).toContain(`  ✗ ${first?.title}\n`);
  expect(text).toContain(first?.text);
});

test("a class with copies, stubs and cheats says so", () => {
  const text = toTerminal(troubledClass({ learners: 8 }));
  for (const part of [
    "mia.ts",
    "The same file",
    "李 雷",
    "Not counted here: 1 answer",
    "its process ended itself",
  ])
    expect(text).toContain(part);
});

test("an open level, and canaries that did not hold, are said", () => {
  expect(toTerminal(sampleClass({ learners: 2, level: "open" }))).toContain("! Open, not sealed");
  expect(toTerminal(sampleClass({ learners: 2, broken: 1 }))).toContain(
    "✗ An answer that connects to the host's loopback",
  );
});

test("nothing that comes from a submission is obeyed by a terminal or a CI", () => {
  const trap = "::error::forged\n::error::again\u001B[2J\u202E ##[error]x";
  for (const learners of [1, 3]) {
    const text = toTerminal(strangeClass(Array.from({ length: learners }, () => trap)));
    expect(text).not.toMatch(/^\s*::/m);
    expect(text).not.toContain("##[");
    // oxlint-disable-next-line no-control-regex
    expect(text).not.toMatch(/[\u0000-\u0009\u000B-\u001F\u202E]/);
    expect(text).toContain(String.raw`\x1b[2J`);
  }
});

test("a name is cut or filled up to its columns, wide letters and accents counted as they are shown", () => {
  expect(fitted("alice", 7)).toBe("alice  ");
  expect(fitted("alexandra", 7)).toBe("alexan…");
  expect(fitted("李小龍先生", 7)).toBe("李小龍…");
  expect(fitted("李小龍先生", 6)).toBe("李小… ");
  expect(columnsOf("e\u0301a")).toBe(2);
});

test("whatever the words, no line is longer than it may be, and no letter is lost", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), fc.integer({ min: 12, max: 40 }), (text, columns) => {
      const lines = wrapped(text, columns, 2);
      for (const line of lines) expect(columnsOf(line)).toBeLessThanOrEqual(columns);
      expect(lines.join("").replaceAll(" ", "")).toBe(text.replaceAll(" ", ""));
    }),
  );
});
