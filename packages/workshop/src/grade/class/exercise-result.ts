import type { Exercise, TestVerdict, Verdict } from "@tcpip-workshop/grader";
import { printable } from "@tcpip-workshop/grader/early";
import type { ExerciseResult, GradedExercise, Seal, TestResult } from "@tcpip-workshop/report";
import type { VerdictContext } from "../../text/verdict-text.ts";
import { award } from "../points/award.ts";
import type { Answer } from "../submission/submission.ts";
import { cutOff, failurePlain } from "./failure-plain.ts";
import { obstacleIn } from "./obstacle.ts";

/** A result before it is worth anything: what it counts depends on the run, what came of it does not. */
export type Judged = Omit<ExerciseResult, "points" | "maxPoints" | "tests"> & {
  tests: Omit<TestResult, "points" | "maxPoints">[];
};

/** Characters of a test's output that are kept. */
const mostOutput = 4096;

/** Characters of texts and outputs that one result keeps: a class of those who print without end is a report that can be read. */
const mostInAll = 49_152;

/** Of what is beyond, characters that are kept each. */
const leastEach = 200;

/** What stays of a verdict. One that is not of exactly the expected tests is none, whatever it says. */
export function judgedBy(
  exercise: Exercise,
  answer: Answer,
  level: Seal["level"],
  verdict: Verdict,
  context: VerdictContext,
): Judged {
  const base = {
    ...unjudged(exercise, answer, level),
    seed: verdict.seed,
    duration: verdict.duration,
  };
  const wrong = whatIsWrong(exercise, verdict);
  const reason =
    wrong ?? (verdict.status === "error" ? (verdict.reason ?? "The grader gave no reason") : undefined);
  if (reason !== undefined) return { ...base, status: "error", reason: oneLine(reason), tests: [] };
  // What it looks like is said once, as in the learner's own run.
  const first = verdict.tests.find(({ status }) => status === "fail");
  let left = mostInAll;
  const tests = verdict.tests.map((test) => {
    const result = testResult(test, test === first ? context : { ...context, tells: [] }, left);
    left -= (result.text?.length ?? 0) + result.output.length;
    return result;
  });
  return printable({ ...base, status: verdict.status, tests });
}

/** Nothing can be said of the answer. */
export function errorOf(exercise: Exercise, answer: Answer, level: Seal["level"], reason: string): Judged {
  return { ...unjudged(exercise, answer, level), status: "error", reason: oneLine(reason) };
}

/** Nothing was handed in that could be graded. */
export function absentFor(
  exercise: Exercise,
  answer: Answer | undefined,
  level: Seal["level"],
  reason: string,
): Judged {
  return { ...unjudged(exercise, answer, level), status: "absent", reason: oneLine(reason) };
}

/** A part of an answer was handed in: of it something is known, without running it. */
export function failedUnrun(
  exercise: Exercise,
  answer: Answer,
  level: Seal["level"],
  reason: string,
): Judged {
  const text = oneLine(reason);
  const unsaid = { duration: 0, why: "", read: "", hint: "", output: "" };
  const tests = exercise.hints.map(({ title }) => ({ title, status: "fail" as const, text, ...unsaid }));
  return { ...unjudged(exercise, answer, level), status: "fail", reason: text, tests };
}

/** With what it is worth by this run's points. */
export function worth(judged: Judged, graded: GradedExercise): ExerciseResult {
  const { status } = judged;
  const verdict = status === "absent" ? undefined : { status, tests: judged.tests };
  const { points, maxPoints, perTest } = award(graded, verdict);
  const tests = judged.tests.map((test) => {
    const its = perTest.find(({ title }) => title === test.title);
    return { ...test, points: its?.points ?? 0, maxPoints: its?.maxPoints ?? 0 };
  });
  return { ...judged, points, maxPoints, tests };
}

function unjudged({ label }: Exercise, answer: Answer | undefined, level: Seal["level"]): Judged {
  const files = [...(answer?.files ?? [])].map(([path, bytes]) => ({ path, size: bytes.length }));
  return {
    exercise: label,
    status: "absent",
    ...(answer?.isStub === true && { isStub: true }),
    answerHash: answer?.hash ?? "",
    files: files.toSorted((a, b) => (a.path < b.path ? -1 : 1)),
    imports: answer?.imports ?? [],
    level,
    seed: "",
    gradedAt: new Date().toISOString(),
    duration: 0,
    tests: [],
  };
}

function testResult(test: TestVerdict, context: VerdictContext, left: number): Judged["tests"][number] {
  const { title, status, duration, why, read, hint, output } = test;
  const room = Math.max(left, leastEach);
  const obstacle = test.failure && obstacleIn(test.failure);
  return {
    title,
    status,
    duration,
    ...(obstacle !== undefined && { obstacle }),
    why,
    read,
    hint,
    ...(status === "fail" && { text: cutOff(failurePlain(test, context), room) }),
    output: cutOff(output, Math.min(mostOutput, room)),
  };
}

function whatIsWrong({ label, hints }: Exercise, { exercise, status, tests }: Verdict): string | undefined {
  if (status === "error") return undefined;
  if (exercise !== label) return `Expected a verdict on ${label}, got one on ${exercise}`;
  const [expected, got] = [hints.map(({ title }) => title), tests.map(({ title }) => title)];
  if (expected.length !== got.length || !expected.every((title) => got.includes(title)))
    return `Expected each of the ${expected.length} tests of ${label} once, got other ones`;
  const hasFailed = tests.some((test) => test.status !== "pass");
  return hasFailed === (status === "fail") ? undefined : `Expected tests that say ${status}, got others`;
}

/** A sentence of a report is one line: what follows is a stack, or an answer's own words. */
function oneLine(reason: string): string {
  return cutOff(printable(reason.split("\n", 1)[0] ?? ""), 500).replaceAll("\n", " ");
}
