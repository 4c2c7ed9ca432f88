import type { ExerciseResult, GradeReport, SubmissionResult } from "./grade-report.ts";
import { jsonText } from "./json-text.ts";
import { explain, graded, reasonOf } from "./outcome.ts";
import { oneLine, plainText } from "./plain-text.ts";

/** Whose submission it is: Classroom 50's runner gives these to an `autograder.py` in the environment variables named here. */
export interface Classroom50Run {
  /** `CLASSROOM` */
  classroom: string;
  /** `ASSIGNMENT` */
  assignment: string;
  /** `ASSIGNMENT_TYPE` */
  assignmentType: "individual" | "group";
  /** `OWNER`: the login that the repository is named after. */
  owner: string;
  /** `SUBMISSION_TAG`: `submit/2026-06-01T14-32-05Z-a1b2c3d` */
  submission: string;
  /** `COMMIT_URL` */
  commit: string;
  /** `RELEASE_URL` */
  release: string;
  /** `REVIEW_URL`. Default: the commit. */
  review?: string;
  /** When it was handed in, which is the commit's date and not the grading's: ISO 8601. */
  datetime: string;
}

/**
 * Classroom 50's `result.json`, `classroom50/result/v1` (github.com/foundation50/classroom50, `schemas/result-v1.schema.json`,
 * and its wiki's Advanced Autograding): an assignment may be one exercise or the whole course. It takes whole numbers only,
 * so **scores are in hundredths of a point**. An exercise of which nothing ran is one failed test.
 *
 * @throws {RangeError} where its collector would refuse the file: a tag that does not begin with `submit/`, an empty field, no date
 */
export function toClassroom50(
  report: GradeReport,
  submission: SubmissionResult,
  run: Classroom50Run,
): string {
  const tests = graded(report, submission).flatMap(({ result }) => testsOf(result));
  if (!run.submission.startsWith("submit/")) {
    throw new RangeError(
      `Expected a tag such as submit/2026-06-01T14-32-05Z-a1b2c3d, got ${JSON.stringify(run.submission)}`,
    );
  }
  return jsonText({
    schema: "classroom50/result/v1",
    classroom: filled("classroom", run.classroom),
    assignment: filled("assignment", run.assignment),
    assignment_type: run.assignmentType,
    owner: filled("owner", run.owner),
    submission: run.submission,
    commit: filled("commit", run.commit),
    release: filled("release", run.release),
    review: filled("review", run.review ?? run.commit),
    datetime: toTheSecond("datetime", run.datetime),
    graded_at: toTheSecond("finishedAt", report.finishedAt),
    score: sum(tests.map(({ score }) => score)),
    "max-score": sum(tests.map((test) => test["max-score"])),
    tests,
  });
}

function testsOf(result: ExerciseResult) {
  const label = oneLine(result.exercise, 100);
  const ran = (result.status === "pass" || result.status === "fail") && result.tests.length > 0;
  if (!ran) return [testOf(label, false, 0, result.maxPoints, reasonOf(result))];
  return result.tests.map((test) => {
    const passed = test.status === "pass";
    const name = `${label}: ${oneLine(test.title, 300)}`;
    return testOf(name, passed, test.points, test.maxPoints, passed ? "" : explain(test));
  });
}

/** Fields beside the four are kept by Classroom 50 as they are. */
function testOf(name: string, passed: boolean, points: number, maxPoints: number, message: string) {
  const most = hundredths(maxPoints);
  return {
    "test-name": name,
    passed,
    score: Math.min(hundredths(points), most),
    "max-score": most,
    ...(message === "" ? {} : { message: plainText(message, 2000) }),
  };
}

function hundredths(points: number): number {
  return Number.isFinite(points) ? Math.max(0, Math.round(points * 100)) : 0;
}

function sum(numbers: number[]): number {
  return numbers.reduce((all, one) => all + one, 0);
}

function filled(name: string, value: string): string {
  if (value === "") throw new RangeError(`Expected a ${name}, got an empty text`);
  return value;
}

/** `2026-06-01T14:32:01Z`: its readers take no fractions. */
function toTheSecond(name: string, time: string): string {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) {
    throw new RangeError(
      `Expected ${name} to be a date such as 2026-06-01T14:32:01Z, got ${JSON.stringify(time)}`,
    );
  }
  return `${date.toISOString().slice(0, 19)}Z`;
}
