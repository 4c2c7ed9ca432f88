import { join } from "node:path";
import { sameFiles } from "./answer-context.ts";
import { stubName, type Course } from "./course.ts";
import { digestOf, type Entry } from "./progress.ts";

/**
 * How the learner's answer stands: as it was given; written in and not graded yet; its last verdict red; passed as it is
 * now; or passed, and changed since.
 */
export type AnswerState = "untouched" | "begun" | "red" | "passed" | "changed";

export function answerState(course: Course, label: string, entry: Entry | undefined): AnswerState {
  const exercise = course.exercise(label);
  if (sameFiles(exercise, exercise.folder, join(course.root, "mistakes", label, stubName)))
    return "untouched";
  const graded = entry?.graded;
  if (graded === undefined) return "begun";
  if (graded.passed < graded.total) return "red";
  return graded.answer === digestOf(exercise) ? "passed" : "changed";
}

/** Whether it has ever passed, whatever became of the answer since. */
export function hasPassed(entry: Entry | undefined): boolean {
  return entry?.passedAt !== undefined || passedAsGraded(entry);
}

/** When it passed last, in milliseconds since 1970; nothing before the first time. */
export function lastPass(entry: Entry): number | undefined {
  const moments = [entry.passedAt, entry.reviewedAt, passedAsGraded(entry) ? entry.graded?.at : undefined]
    .filter((at) => at !== undefined)
    .map((at) => Date.parse(at))
    .filter(Number.isFinite);
  return moments.length === 0 ? undefined : Math.max(...moments);
}

/** Whether the solution may be looked at: after a pass, or once it was given up. A review asks for the pass anew. */
export function maySeeSolution(entry: Entry | undefined): boolean {
  if (entry?.reviewingSince !== undefined) return false;
  return hasPassed(entry) || entry?.gaveUpAt !== undefined;
}

function passedAsGraded(entry: Entry | undefined): boolean {
  return entry?.graded !== undefined && entry.graded.passed === entry.graded.total;
}
