import type { Exercise, Verdict } from "@tcpip-workshop/grader";
import { stubName, type Course } from "../course/course.ts";
import { readMistake } from "../course/mistake.ts";
import { failingTitles } from "../course/signatures.ts";

/** What is not as it must be about the verdict on an answer of the course's own, and by which gate. */
export interface Odd {
  gate: "solution" | "stub" | "mistakes";
  reason: string;
}

/** Judges the verdict on a solution, on the stub, or on a mistake. `name` is `solution`, `stub`, or the mistake's. */
export function judge(course: Course, exercise: Exercise, name: string, verdict: Verdict): Odd[] {
  if (name === solutionName) return oddSolution(verdict).map((reason) => ({ gate: "solution", reason }));
  if (name === stubName) return oddStub(exercise, verdict).map((reason) => ({ gate: "stub", reason }));
  return oddMistake(course, exercise.label, name, verdict).map((reason) => ({ gate: "mistakes", reason }));
}

/** Stands for the solution where mistakes have their names. */
export const solutionName = "solution";

/** `fail ("returns both frames …", …)`: what must be the same in every round. */
export function summary(verdict: Verdict): string {
  if (verdict.status === "error") return `error (${verdict.reason})`;
  const failing = failingTitles(verdict);
  return failing.length === 0 ? verdict.status : `${verdict.status} ("${failing.join('", "')}")`;
}

/** Why it failed its first test, in a line: what a run on another machine leaves to find the cause by. */
export function cause({ tests }: Verdict): string {
  const failure = tests.find(({ status }) => status === "fail")?.failure;
  if (failure === undefined) return "";
  const { problem, expected, received, steps } = failure;
  const came =
    received === undefined ? "" : `; expected ${expected?.join(" ")}, received ${received.join(" ")}`;
  return `: ${problem}${came}, after ${steps.length} steps`;
}

function oddSolution(verdict: Verdict): string[] {
  const passed =
    verdict.status === "pass" ? [] : [`expected a pass, got ${summary(verdict)}${cause(verdict)}`];
  return verdict.processes > 1
    ? [...passed, `expected one process for the suite, got ${verdict.processes}`]
    : passed;
}

function oddStub(exercise: Exercise, verdict: Verdict): string[] {
  if (verdict.status !== "fail") return [`expected the untouched stub to fail, got ${summary(verdict)}`];
  const passing = verdict.tests.find(({ status }) => status === "pass");
  if (passing) return [`expected the stub to fail every test, but "${passing.title}" passes`];
  return verdict.tests.length === exercise.hints.length ? [] : ["expected every test to run"];
}

function oddMistake(course: Course, label: string, name: string, verdict: Verdict): string[] {
  const { caughtBy, belief, tell } = readMistake(course, label, name);
  if (!belief || !caughtBy || !tell)
    return [`${name}: expected "// Mistake:", "// Caught by:" and "// Tell:" at its top`];
  const [first] = failingTitles(verdict);
  if (verdict.status !== "fail" || first === undefined)
    return [`${name}: expected it to be rejected, got ${summary(verdict)}`];
  return first === caughtBy
    ? []
    : [`${name}: expected to fail first by "${caughtBy}", got "${first}"${cause(verdict)}`];
}
