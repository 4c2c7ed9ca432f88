import * as fc from "fast-check";
import { expect, test } from "vitest";
import { toCsv } from "./csv.ts";
import { absent, classReport, failed, learner, passed, unrun } from "./testing/class-report.ts";
import { expectHarmless } from "./testing/harmless.ts";
import { hostileReport } from "./testing/hostile.ts";

test("a class is a header and a row for each learner", () => {
  expect(toCsv(classReport)).toBe(
    [
      '"learner","name","source","04-framing","total","maximum","remarks"',
      '"alice","alice","class/alice.zip",10,10,10,""',
      '"bob","bob","class/bob.zip",5,5,10,""',
      `"carol","carol","class/carol.zip",0,0,10,"04-framing: error: The answer's process could not be started."`,
      '"dave","dave","class/dave.zip",0,0,10,"04-framing: absent"',
      "",
    ].join("\r\n"),
  );
});

test("an answer that was not run says why", () => {
  const text = toCsv({ ...classReport, submissions: [learner("erin", unrun)] });
  expect(text).toContain(
    '\r\n"erin","erin","class/erin.zip",0,0,10,"04-framing: mux.ts was not handed in: nothing was run"\r\n',
  );
});

test.each(["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1", "a;=1", 'a"=1', "a|-1", "\u200b=1"])(
  "a learner called %j is no formula",
  (id) => {
    const [, row] = toCsv({ ...classReport, submissions: [learner(id, passed)] }).split("\r\n");
    expect(row).not.toMatch(/(?:^|[,;|"\t])\s*[=+\-@＝＋－＠]/u);
    expect(row?.endsWith(',10,10,10,""')).toBe(true);
  },
);

test("a row says whose it is, as the name was written, and where it came from", () => {
  const twin = {
    ...learner("Muller-2", { ...absent, isStub: true }),
    name: "=Müller",
    source: "class/Müller.zip",
  };
  expect(read(toCsv({ ...classReport, submissions: [twin] }))[1]).toEqual([
    "Muller-2",
    "'=Müller",
    "class/Müller.zip",
    "0",
    "0",
    "10",
    "04-framing: the untouched stub",
  ]);
});

test("points have two decimals at most, and commas in a remark part nothing", () => {
  const sum = { ...failed, points: 0.1 + 0.2 };
  const text = toCsv({
    ...classReport,
    submissions: [{ ...learner("eve", sum), problem: 'no "tar", it ends early' }],
  });
  expect(read(text)[1]).toEqual([
    "eve",
    "eve",
    "class/eve.zip",
    "0.3",
    "0.3",
    "10",
    `no "tar", it ends early`.replace('"tar"', '"tar"'),
  ]);
});

test("an exercise that is missing from a submission counts 0", () => {
  const other = { ...absent, exercise: "99-other" };
  expect(read(toCsv({ ...classReport, submissions: [learner("eve", other)] }))[1]?.slice(0, 5)).toEqual([
    "eve",
    "eve",
    "class/eve.zip",
    "0",
    "0",
  ]);
});

test("whatever strangers write, each row has the header's columns, no cell is a formula, and nothing gives orders", () => {
  fc.assert(
    fc.property(hostileReport, (report) => {
      const text = toCsv(report);
      expectHarmless(text);
      const rows = read(text);
      expect(rows).toHaveLength(1 + report.submissions.length);
      for (const row of rows) {
        expect(row).toHaveLength(report.exercises.length + 6);
        for (const cell of row) expect(cell).not.toMatch(/^\s*[=+\-@＝＋－＠]/u);
      }
      for (const row of rows.slice(1))
        for (const count of row.slice(3, -1)) expect(count).toMatch(/^\d+(?:\.\d+)?$/);
    }),
  );
});

/** RFC 4180, strictly: CRLF ends each row, a cell is a number or in quotes. */
function read(text: string): string[][] {
  expect(text.endsWith("\r\n")).toBe(true);
  const rows: string[][] = [[]];
  const token = /(?:"((?:[^"]|"")*)"|([\d.]*))(,|\r\n)/y;
  while (token.lastIndex < text.length) {
    const match = token.exec(text);
    if (match === null) throw new Error(`Expected a cell, got ${JSON.stringify(text.slice(0, 300))}`);
    rows.at(-1)?.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? "");
    if (match[3] !== ",") rows.push([]);
  }
  return rows.slice(0, -1);
}
