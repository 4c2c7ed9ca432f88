import type { GradeReport } from "@tcpip-workshop/report";
import type { ExitCode } from "../../command.ts";

/**
 * What a CI job is to make of it. Of a class, marks are no failure of the job: 0, whatever they are. A single submission is a
 * learner's own job: 0 only if all of it passes, else 1. What could not be graded is 2 in both.
 */
export function exitCodeOf({ submissions }: GradeReport, isSingle: boolean): ExitCode {
  const results = submissions.flatMap((submission) => submission.results);
  if (results.some(({ status }) => status === "error")) return 2;
  if (!isSingle) return 0;
  if (submissions.some(({ problem }) => problem !== undefined)) return 2;
  return results.every(({ status }) => status === "pass") ? 0 : 1;
}
