import type { GradeReport, SubmissionResult } from "./grade-report.ts";

/** Learners who handed in the same bytes for an exercise. */
export interface SameFile {
  exercise: string;
  /** Two or more, in the report's order. */
  submissions: SubmissionResult[];
}

/** In the course's order, the largest groups of an exercise first. The untouched stub is everybody's. */
export function sameFiles({ exercises, submissions }: GradeReport): SameFile[] {
  return exercises.flatMap(({ label }) => {
    const byHash = new Map<string, SubmissionResult[]>();
    for (const submission of submissions) {
      const result = submission.results.find(({ exercise }) => exercise === label);
      if (result === undefined || result.answerHash === "" || result.isStub === true) continue;
      const its = byHash.get(result.answerHash);
      if (its === undefined) byHash.set(result.answerHash, [submission]);
      else its.push(submission);
    }
    return [...byHash.values()]
      .filter(({ length }) => length > 1)
      .toSorted((a, b) => b.length - a.length)
      .map((its) => ({ exercise: label, submissions: its }));
  });
}

export const sameFileMeaning =
  "The same bytes, which says nothing of who was first, or whether both have them from somewhere else.";
