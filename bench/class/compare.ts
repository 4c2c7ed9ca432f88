import type { ExerciseResult, GradeReport, SubmissionResult } from "../../packages/report/src/index.ts";
import type { Expected, Kind, Learner } from "./handed-in.ts";

/** How it came out, of one kind. */
export interface Tally {
  right: number;
  /** A cheat of which nothing could be said: no pass, but no verdict either. A sentence for each. */
  unjudged: string[];
  /** A sentence for each that did not come out as it must. */
  wrong: string[];
}

export type Tallies = Map<Kind | "not handed in" | "the submission itself", Tally>;

/** Holds each single result against what was known of it. */
export function compare(learners: Learner[], report: GradeReport): Tallies {
  const tallies: Tallies = new Map();
  const count = (
    kind: Parameters<Tallies["get"]>[0],
    name: string,
    wrong: string | undefined,
    isUnjudged = false,
  ): void => {
    const tally = tallies.get(kind) ?? { right: 0, unjudged: [], wrong: [] };
    tallies.set(kind, tally);
    if (wrong === undefined) tally.right++;
    else tally[isUnjudged ? "unjudged" : "wrong"].push(`${name}: ${wrong}`);
  };
  for (const learner of learners) {
    const { id, form, handedIn } = learner;
    const found = report.submissions.filter((submission) => submission.id === id);
    const [submission] = found;
    if (submission === undefined || found.length > 1) {
      count("the submission itself", id, `Expected it once in the report, got it ${found.length} times`);
      continue;
    }
    count("the submission itself", `${id} (${form})`, wrongIn(learner, submission));
    for (const [at, { label }] of report.exercises.entries()) {
      const result = submission.results[at];
      const its = handedIn.find((each) => each.label === label);
      const name = `${id} (${form}) ${label} ${its?.kind ?? ""} ${its?.name ?? ""}`.trim();
      const expected: Expected = its?.expected ?? { status: "absent" };
      const wrong = result ? wrongWith(expected, label, result) : "There is no result";
      count(its?.kind ?? "not handed in", name, wrong, its?.kind === "cheat" && result?.status === "error");
    }
  }
  const known = new Set(learners.map(({ id }) => id));
  for (const { id } of report.submissions)
    if (!known.has(id)) count("the submission itself", id, "Nobody of that name has handed in anything");
  return tallies;
}

function wrongIn({ handedIn, isCutOff }: Learner, submission: SubmissionResult): string | undefined {
  const wanted = JSON.stringify(handedIn.flatMap(({ refused }) => refused).toSorted());
  const refused = JSON.stringify(submission.refused.map(({ path }) => path).toSorted());
  if (!isCutOff && wanted !== refused) return `Expected ${wanted} to be refused, got ${refused}`;
  const isNothing =
    isCutOff ||
    handedIn.every(({ expected, kind }) => expected.status === "absent" && kind !== "untouched stub");
  if (isNothing !== (submission.problem !== undefined))
    return `Expected ${isNothing ? "a" : "no"} problem, got ${submission.problem ?? "none"}`;
  const sum = submission.results.reduce((all, { points }) => all + points, 0);
  return Math.abs(sum - submission.points) < 0.01
    ? undefined
    : `Expected ${sum} points, got ${submission.points}`;
}

function wrongWith(expected: Expected, label: string, result: ExerciseResult): string | undefined {
  const { status, tests, points, maxPoints, reason = "" } = result;
  if (result.exercise !== label) return `Expected a result of ${label}, got one of ${result.exercise}`;
  if (status !== expected.status) return `Expected ${expected.status}, got ${status} ${reason}`.trim();
  if (result.level !== "sealed") return `Expected it to be graded sealed, got ${result.level}`;
  if (expected.reason && !expected.reason.test(reason))
    return `Expected the reason ${expected.reason}, got "${reason}"`;
  if (status === "pass" ? points !== maxPoints : status !== "fail" && points !== 0)
    return `Expected ${status === "pass" ? maxPoints : 0} points, got ${points}`;
  if (status !== "fail") return undefined;
  if (points >= maxPoints) return `Expected less than ${maxPoints} points, got ${points}`;
  const failed = tests.find((test) => test.status === "fail")?.title;
  return expected.firstFailed === undefined || failed === expected.firstFailed
    ? undefined
    : `Expected "${expected.firstFailed}" to fail first, got "${failed}"`;
}
