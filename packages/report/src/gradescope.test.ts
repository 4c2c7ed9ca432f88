import * as fc from "fast-check";
import { expect, test } from "vitest";
import { toGradescope } from "./gradescope.ts";
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
import { errorsOf, isGradescope } from "./testing/schemas.ts";

interface Results {
  score: number;
  output: string;
  visibility: string;
  tests: {
    score: number;
    max_score: number;
    status: string;
    name: string;
    number: string;
    output?: string;
  }[];
}

test("each test of each exercise is a test with its points", () => {
  const { score, tests } = parse(learner("bob", failed));
  expect(score).toBe(5);
  expect(tests.map(({ number, status, score: got, max_score: most }) => [number, status, got, most])).toEqual(
    [
      ["1.1", "passed", 2.5, 2.5],
      ["1.2", "failed", 0, 5],
      ["1.3", "passed", 2.5, 2.5],
    ],
  );
  expect(tests[1]?.name).toBe("04-framing: returns both frames when one chunk carries two");
  expect(tests[1]?.output).toMatch(/^We pushed 14 bytes\.\nExpected 2 frames, got 1\n/);
});

test("an exercise of which nothing ran is one failed test that says why", () => {
  const other = { ...absent, exercise: cidr.label, maxPoints: cidr.points };
  const { score, tests } = parse(learner("carol", other, broken));
  expect(score).toBe(0);
  expect(tests).toEqual([
    { score: 0, max_score: 5, status: "failed", name: "02-cidr", number: "1", output: "The untouched stub." },
    { ...tests[1], max_score: 10, output: "The answer's process could not be started." },
  ]);
});

test("the learner reads at which level it was graded, and what was left out", () => {
  const submission = learner("alice", passed);
  submission.refused.push({ path: "framing.ts", reason: "a link" });
  const { output } = parse(submission);
  expect(output).toBe("10 of 10 points. Graded sealed: every canary behaved\nLeft out framing.ts: a link");
});

test("the tests can be kept from learners until the due date", () => {
  const text = toGradescope(classReport, learner("alice", passed), { visibility: "after_due_date" });
  expect(JSON.parse(text)).toMatchObject({ visibility: "after_due_date", stdout_visibility: "hidden" });
});

test("whatever strangers write, it keeps to the specification, is plain text, and gives no orders", () => {
  fc.assert(
    fc.property(hostileReport, (report) => {
      for (const submission of report.submissions) {
        const text = toGradescope(report, submission);
        const results = JSON.parse(text) as Results;
        expect(errorsOf(isGradescope, JSON.stringify(results))).toEqual([]);
        expect(results).toMatchObject({
          output_format: "text",
          test_output_format: "text",
          test_name_format: "text",
        });
        expectHarmless(text);
        expectNoMarkup(text);
      }
    }),
  );
});

function parse(submission: ReturnType<typeof learner>): Results {
  return JSON.parse(toGradescope({ ...classReport, exercises: [cidr, framing] }, submission)) as Results;
}
