import type { ExerciseResult, SubmissionResult } from "./grade-report.ts";
import { words } from "./summary.ts";

/** What stands beside the – of an exercise: a learner who handed in something reads what became of it. */
export interface Absence {
  word: "not handed in" | "untouched stub" | "refused";
  /** A sentence; empty where nothing is to be said but the word. */
  why: string;
}

/** None where the exercise is not absent. */
export function absenceOf(submission: SubmissionResult, result: ExerciseResult): Absence | undefined {
  if (result.status !== "absent") return undefined;
  if (result.isStub === true) return { word: "untouched stub", why: "" };
  const { refused, problem, results } = submission;
  const [first, ...others] = refused.filter(
    ({ path }) => results.length === 1 || path.split("/").at(-2) === result.exercise,
  );
  if (first !== undefined) {
    const more = others.length > 0 ? `, and ${others.length} more` : "";
    const isSaid = problem?.includes(first.path) === true;
    return { word: "refused", why: isSaid ? "" : `${first.path}: ${first.reason}${more}` };
  }
  const { reason = "" } = result;
  return { word: words.absent, why: reason === problem || reason.endsWith(words.absent) ? "" : reason };
}

/** `passes`, or of what is absent what it is. */
export function wordOf(submission: SubmissionResult, result: ExerciseResult): string {
  return absenceOf(submission, result)?.word ?? words[result.status];
}
