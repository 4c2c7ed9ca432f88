import type { ExerciseResult, GradeReport, SubmissionResult } from "./grade-report.ts";
import { count } from "./summary.ts";

/** What somebody should look at who answers for the marks, in sentences. */
export function remarksOn(report: GradeReport, submission: SubmissionResult): string[] {
  const { results, refused, problem } = submission;
  const unrun = results.filter(
    ({ status, reason }) => status === "error" || (status === "fail" && reason !== undefined),
  );
  return [
    problem,
    ...unrun.map(({ exercise, reason }) => `${exercise}: ${reason ?? "could not be graded"}`),
    refusedText(refused, problem),
    ...results.map(endingText),
    ordersText(results),
    otherLevels(report, submission),
  ].filter((remark) => remark !== undefined);
}

/** Which verdicts were given at another level than the report's, if any were. */
export function otherLevels({ seal }: GradeReport, { results }: SubmissionResult): string | undefined {
  const others = results.filter(
    ({ status, level }) => (status === "pass" || status === "fail") && level !== seal.level,
  );
  if (others.length === 0) return undefined;
  const names = others.map(({ exercise, level }) => `${exercise} (${level})`).join(", ");
  return `Graded at another level than the rest: ${names}`;
}

/** Of the one that is the whole problem nothing is left to say. */
function refusedText(refused: SubmissionResult["refused"], problem = ""): string | undefined {
  const [first] = refused;
  if (first === undefined) return undefined;
  if (refused.length === 1 && problem.includes(first.path) && problem.includes(first.reason))
    return undefined;
  if (refused.length === 1) return `Refused ${first.path}: ${first.reason}`;
  return `${count(refused.length, "file")} refused: ${refused
    .slice(0, 3)
    .map(({ path }) => path)
    .join(", ")}${refused.length > 3 ? ", …" : ""}`;
}

function endingText({ exercise, tests }: ExerciseResult): string | undefined {
  const ended = tests.filter(({ obstacle }) => obstacle === "ended").length;
  if (ended === 0) return undefined;
  return `${exercise}: its process ended itself, without an error, in ${ended} of ${count(tests.length, "test")}`;
}

function ordersText(results: ExerciseResult[]): string | undefined {
  const labels = results
    .filter(({ tests }) => tests.some(({ output }) => order.test(output)))
    .map(({ exercise }) => exercise);
  if (labels.length === 0) return undefined;
  return `${labels.join(", ")}: printed lines that look like commands to a CI (none is passed on as one)`;
}

/** GitHub's, Azure's and TeamCity's: `::error::`, `##[error]`, `##vso[…]`, `##teamcity[…]`. */
const order = /^[ \t]*::[a-z][\w-]*(?:[ \t][^\n]*)?::|##(?:vso|teamcity)?\[/im;
