import { expect, test } from "vitest";
import type { SubmissionResult } from "./grade-report.ts";
import { remarksOn } from "./remarks.ts";
import { classReport, everyTest, failed, learner, passed } from "./testing/class-report.ts";
import { sampleClass } from "./testing/sample-class.ts";

const remarks = (submission: SubmissionResult): string[] => remarksOn(classReport, submission);

test("who answers for the marks is told of errors, refused files, and verdicts of another level", () => {
  const report = sampleClass({ learners: 1 });
  const [submission] = report.submissions;
  if (submission === undefined) throw new Error("no sample");
  const results = submission.results.map((result, index) => ({
    ...result,
    status: index === 0 ? ("error" as const) : ("pass" as const),
    reason: "killed",
    level: index === 1 ? ("open" as const) : ("sealed" as const),
  }));
  const refused = [{ path: "a", reason: "a link" }];
  expect(remarksOn(report, { ...submission, problem: "no zip", refused, results })).toEqual([
    "no zip",
    "01-encapsulation: killed",
    "Refused a: a link",
    "Graded at another level than the rest: 02-cidr (open)",
  ]);
});

test("of many refused files some are named", () => {
  const refused = ["a", "b", "c", "d"].map((path) => ({ path, reason: "too large" }));
  expect(remarks({ ...learner("eve", passed), refused })).toEqual(["4 files refused: a, b, c, …"]);
});

test("a file that is the whole problem is told once", () => {
  const refused = [{ path: "Framing.ts", reason: "Expected the name framing.ts" }];
  const problem = "Framing.ts was left out. Expected the name framing.ts";
  expect(remarks({ ...learner("dan"), problem, refused })).toEqual([problem]);
});

test("a process that ended itself is told, with how often", () => {
  const ended = everyTest(failed, { obstacle: "ended" });
  expect(remarks(learner("erin", ended))).toEqual([
    "04-framing: its process ended itself, without an error, in 3 of 3 tests",
  ]);
  expect(remarks(learner("kim", everyTest(failed, { obstacle: "loading" })))).toEqual([]);
});

test.each(["::error::forged", "a\n  ::set-output name=mark::10\n", "x ##[error]y", "##vso[task.complete]z"])(
  "who printed %j is told, also where the test passed",
  (output) => {
    expect(remarks(learner("frank", everyTest(passed, { output })))).toEqual([
      "04-framing: printed lines that look like commands to a CI (none is passed on as one)",
    ]);
  },
);

test.each(["::1 is the loopback", "::ffff:127.0.0.1", "std::vector", "# # [a]", "## a [b]"])(
  "%j is no command to anybody",
  (output) => {
    expect(remarks(learner("bob", everyTest(failed, { output })))).toEqual([]);
  },
);
