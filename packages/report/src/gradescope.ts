import type { ExerciseResult, GradeReport, SubmissionResult } from "./grade-report.ts";
import { jsonText } from "./json-text.ts";
import { explain, graded, reasonOf } from "./outcome.ts";
import { oneLine, plainText } from "./plain-text.ts";

export interface GradescopeOptions {
  /** When the learner may see the tests. Default `visible`. */
  visibility?: "hidden" | "after_due_date" | "after_published" | "visible";
}

/**
 * Gradescope's `results.json` of one learner (gradescope-autograders.readthedocs.io/en/latest/specs, no version): a test for
 * each test of each exercise; an exercise of which nothing ran is one failed test with its points. All formats are `text`:
 * nothing of an answer is read as HTML, Markdown or ANSI.
 */
export function toGradescope(
  report: GradeReport,
  submission: SubmissionResult,
  { visibility = "visible" }: GradescopeOptions = {},
): string {
  return jsonText({
    score: submission.points,
    output: plainText(summaryOf(report, submission), 4000),
    output_format: "text",
    test_output_format: "text",
    test_name_format: "text",
    visibility,
    // What the grader printed is for the instructor.
    stdout_visibility: "hidden",
    extra_data: { "tcpip-workshop": { level: report.seal.level, seeds: seedsOf(submission) } },
    tests: graded(report, submission).flatMap(({ result }, index) => testsOf(result, index + 1)),
  });
}

function summaryOf(
  { seal }: GradeReport,
  { points, maxPoints, problem, refused, ignoredCount }: SubmissionResult,
): string {
  const lines = [`${points} of ${maxPoints} points. Graded ${seal.level}: ${seal.reason}`];
  if (problem !== undefined) lines.push(problem);
  for (const { path, reason } of refused.slice(0, 20))
    lines.push(`Left out ${oneLine(path, 200)}: ${oneLine(reason, 200)}`);
  if (ignoredCount > 0) lines.push(`Files that no exercise asks for, not used: ${ignoredCount}`);
  return lines.join("\n");
}

function testsOf(result: ExerciseResult, place: number) {
  const label = oneLine(result.exercise, 100);
  const ran = (result.status === "pass" || result.status === "fail") && result.tests.length > 0;
  if (!ran) {
    const output = plainText(reasonOf(result), 16_000);
    return [
      { score: 0, max_score: result.maxPoints, status: "failed", name: label, number: `${place}`, output },
    ];
  }
  return result.tests.map((test, index) => ({
    score: test.points,
    max_score: test.maxPoints,
    status: test.status === "pass" ? "passed" : "failed",
    name: `${label}: ${oneLine(test.title, 300)}`,
    number: `${place}.${index + 1}`,
    ...(test.status === "pass" ? {} : { output: plainText(explain(test), 16_000) }),
  }));
}

function seedsOf({ results }: SubmissionResult): { [exercise: string]: string } {
  return Object.fromEntries(
    results.map(({ exercise, seed }) => [oneLine(exercise, 100), plainText(seed, 100)]),
  );
}
