import type { ExerciseResult, GradedExercise, GradeReport, SubmissionResult } from "./grade-report.ts";
import { graded, outcomes, reasonOf, type Outcome } from "./outcome.ts";
import { oneLine, plainText } from "./plain-text.ts";
import { within } from "./within.ts";
import { attributesOf, element, escapeXml } from "./xml.ts";

/** GitLab refuses a file of 30 MB (docs.gitlab.com/ci/testing/unit_test_reports). */
const mostBytes = 29_000_000;

/**
 * JUnit XML of a class: a suite for each learner and exercise, a case for each expected test.
 *
 * There is no specification. It keeps to what Jenkins validates (jenkinsci/xunit-plugin, `junit-10.xsd`) and to what GitLab
 * reads (docs.gitlab.com/ci/testing/unit_test_reports): cases are told apart by `classname` and `name` there.
 */
export function toJunit(report: GradeReport): string {
  return within(mostBytes, (fieldLimit) => parts(report, fieldLimit));
}

function* parts(report: GradeReport, fieldLimit: number): Generator<string> {
  yield `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites${attributesOf({ name: "tcpip-workshop" })}>\n`;
  for (const submission of report.submissions) {
    for (const { exercise, result } of graded(report, submission)) {
      yield `${suite(submission, exercise, result, fieldLimit)}\n`;
    }
  }
  yield "</testsuites>\n";
}

function suite(
  { id }: SubmissionResult,
  exercise: GradedExercise,
  result: ExerciseResult,
  fieldLimit: number,
): string {
  const cases = outcomes(exercise, result);
  const count = (status: Outcome["status"]) => cases.filter((one) => one.status === status).length;
  // Jenkins takes what is in front of the last dot for a package, so that a learner's exercises stand together.
  const classname = `${oneLine(id, 200)}.${oneLine(exercise.label, 100)}`;
  const attributes = {
    name: classname,
    tests: cases.length,
    failures: count("fail"),
    errors: count("error"),
    skipped: count("absent"),
    time: seconds(cases.reduce((sum, { duration }) => sum + duration, 0)),
    // Without a zone, as Ant wrote it.
    timestamp: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/.exec(result.gradedAt)?.[0],
  };
  return element("testsuite", attributes, [
    properties(exercise, result),
    ...cases.map((one) => testCase(one, classname, reasonOf(result), fieldLimit)),
  ]);
}

function properties(exercise: GradedExercise, result: ExerciseResult): string {
  const values = {
    points: result.points,
    maxPoints: result.maxPoints,
    level: result.level,
    seed: result.seed,
    suiteHash: exercise.suiteHash,
    answerHash: result.answerHash,
  };
  const property = (name: string, value: string | number) =>
    element("property", { name, value: oneLine(String(value), 200) });
  return element(
    "properties",
    {},
    Object.entries(values).map(([name, value]) => property(name, value)),
  );
}

function testCase(outcome: Outcome, classname: string, reason: string, fieldLimit: number): string {
  const { title, status, duration, message, output } = outcome;
  const text = escapeXml(plainText(message, fieldLimit));
  const children: string[] = [];
  if (status === "fail") {
    children.push(element("failure", { message: oneLine(message, 300), type: "failed" }, [text]));
  } else if (status === "error") {
    children.push(element("error", { message: oneLine(reason, 300), type: "error" }, [text]));
  } else if (status === "absent") {
    // Jenkins shows the attribute, GitLab the text.
    children.push(element("skipped", { message: oneLine(reason, 300) }, [text]));
  }
  if (output !== "") children.push(element("system-out", {}, [escapeXml(plainText(output, fieldLimit))]));
  return element("testcase", { name: oneLine(title, 300), classname, time: seconds(duration) }, children);
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(3);
}
