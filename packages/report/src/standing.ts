import type { ExerciseResult, SubmissionResult, TestResult } from "./grade-report.ts";

/** Where a learner stands; none where nothing was run, for which there is a reason. */
export function firstFailureOf({ status, reason, tests }: ExerciseResult): TestResult | undefined {
  return status === "fail" && reason === undefined ? tests.find((test) => test.status === "fail") : undefined;
}

/** A learner as somebody wrote it; with the id behind it where that had to get a number, for then the name is another's, too. */
export function nameOf({ id, name }: SubmissionResult): string {
  const [number] = /-\d+$/.exec(id) ?? [];
  return number === undefined || name.endsWith(number) ? name : `${name} (${id})`;
}

/** What to read of a failed test: nothing where the test could not ask what that is about. */
export function adviceOf({
  why,
  read,
  hint,
  obstacle,
}: TestResult): Pick<TestResult, "why" | "read" | "hint"> {
  return obstacle === undefined ? { why, read, hint } : { why: "", read: "", hint: "" };
}

/** What gives the same failure at a desk, on a line to copy: `pnpm test 04 --seed …`. None where nothing ran. */
export function againCommand({ exercise, seed }: ExerciseResult): string | undefined {
  const [, number] = /^(\d\d)-[a-z\d-]+$/.exec(exercise) ?? [];
  // Whatever stands in a report: nothing that a shell would take for more than a word.
  return number !== undefined && /^[\da-f]{32}$/.test(seed)
    ? `pnpm test ${number} --seed ${seed}`
    : undefined;
}
