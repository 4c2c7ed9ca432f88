import * as fc from "fast-check";
import { expect, test } from "vitest";
import { toClassroom50, type Classroom50Run } from "./classroom50.ts";
import {
  absent,
  broken,
  cidr,
  classReport,
  failed,
  framing,
  learner,
  passed,
} from "./testing/class-report.ts";
import { expectHarmless, expectNoMarkup } from "./testing/harmless.ts";
import { hostileReport } from "./testing/hostile.ts";
import { errorsOf, isClassroom50 } from "./testing/schemas.ts";

const run: Classroom50Run = {
  classroom: "networks",
  assignment: "tcpip",
  assignmentType: "individual",
  owner: "alice",
  submission: "submit/2026-11-22T08-30-00Z-a1b2c3d",
  commit: "https://github.com/org/networks-tcpip-alice/commit/a1b2c3d",
  release: "https://github.com/org/networks-tcpip-alice/releases/tag/submit",
  datetime: "2026-11-22T09:30:00+01:00",
};

interface Result {
  score: number;
  "max-score": number;
  tests: { "test-name": string; passed: boolean; score: number; "max-score": number }[];
}

test("a result is what Classroom 50 asks for, scored in hundredths of a point", () => {
  const result = JSON.parse(toClassroom50(classReport, learner("bob", failed), run)) as Result;
  expect(errorsOf(isClassroom50, JSON.stringify(result))).toEqual([]);
  expect(result).toMatchObject({ score: 500, "max-score": 1000, owner: "alice", review: run.commit });
  expect(result.tests.map((one) => [one.passed, one.score, one["max-score"]])).toEqual([
    [true, 250, 250],
    [false, 0, 500],
    [true, 250, 250],
  ]);
});

test("the time it was handed in is the commit's, to the second and in UTC, and never the grading's", () => {
  expect(JSON.parse(toClassroom50(classReport, learner("alice", passed), run))).toMatchObject({
    datetime: "2026-11-22T08:30:00Z",
    graded_at: "2026-11-23T09:03:20Z",
  });
});

test("an exercise of which nothing ran is one failed test, so that everybody can get the same", () => {
  const report = { ...classReport, exercises: [cidr, framing] };
  const other = { ...absent, exercise: cidr.label, maxPoints: cidr.points };
  const result = JSON.parse(toClassroom50(report, learner("carol", other, broken), run)) as Result;
  expect(result).toMatchObject({ score: 0, "max-score": 1500 });
  expect(result.tests.map((one) => one["test-name"])).toEqual(["02-cidr", "04-framing"]);
});

test.each<[string, Partial<Classroom50Run>]>([
  ["a tag that does not begin with submit/", { submission: "v1" }],
  ["no classroom", { classroom: "" }],
  ["an owner without a name", { owner: "" }],
  ["a date that is none", { datetime: "yesterday" }],
])("%s is refused, as its collector would", (_, wrong) => {
  const write = () => toClassroom50(classReport, learner("alice", passed), { ...run, ...wrong });
  expect(write).toThrow(RangeError);
  expect(write).toThrow(/^Expected .*, got /);
});

test("whatever strangers write, it keeps to the format, adds up, and gives no orders", () => {
  fc.assert(
    fc.property(hostileReport, (report) => {
      for (const submission of report.submissions) {
        const text = toClassroom50(report, submission, run);
        const result = JSON.parse(text) as Result;
        expect(errorsOf(isClassroom50, JSON.stringify(result))).toEqual([]);
        expect(result.score).toBe(result.tests.reduce((sum, { score }) => sum + score, 0));
        for (const one of result.tests) expect(one.score).toBeLessThanOrEqual(one["max-score"]);
        expectHarmless(text);
        expectNoMarkup(text);
      }
    }),
  );
});
