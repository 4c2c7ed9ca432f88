import { join } from "node:path";
import type { Exercise, GradeOptions, Verdict } from "@tcpip-workshop/grader";
import { answerContext } from "../course/answer-context.ts";
import { stubName, type Course } from "../course/course.ts";
import { readMistake } from "../course/mistake.ts";
import {
  failingTitles,
  maskMeasured,
  readSignatures,
  signatureOf,
  withoutMeasured,
  writeSignatures,
  type Signatures,
} from "../course/signatures.ts";
import { findTarget } from "../course/target.ts";
import { verdictText } from "../text/verdict-text.ts";
import type { Gradings } from "./gradings.ts";
import { brokenLayout } from "./layout.ts";
import { compareText, recordText } from "./recorded-text.ts";

/** One gate of one exercise: what is broken, in sentences; nothing when it holds. */
export interface GateResult {
  gate: "solution" | "stub" | "mistakes" | "texts" | "steady" | "clean" | "layout";
  broken: string[];
  note?: string;
}

export interface CheckOptions {
  /** How often every answer is graded; each time must give the same verdict. */
  repeat: number;
  /** Write the failure texts instead of comparing them. */
  record: boolean;
  /** Only the layout, and strictly: a stub in `exercises/` that differs from the kept one is an error, no learner's work. */
  pristine: boolean;
}

/** Proves that an exercise's suite can be trusted: see docs/architecture.md, "Five gates". */
export async function checkExercise(
  course: Course,
  label: string,
  gradings: Gradings,
  { repeat, record, pristine }: CheckOptions,
): Promise<GateResult[]> {
  const exercise = course.exercise(label);
  if (pristine) return [layoutGate(course, exercise, true)];
  const broken = {
    solution: [] as string[],
    stub: [] as string[],
    mistakes: [] as string[],
    texts: [] as string[],
    steady: [] as string[],
    clean: [] as string[],
  };
  const mistakes = course.mistakes(label);
  const signatures: Signatures = {};
  const known = record ? {} : readSignatures(course, label);

  const gradeOnce = async (name: string, options: GradeOptions): Promise<Verdict> => {
    const { folder } = findTarget(course, name, course.root);
    const { verdict, left } = await gradings.grade({ label, folder, options });
    broken.clean.push(...left.map((one) => `${name} left ${one}`));
    return verdict;
  };
  const gradeOften = async (name: string): Promise<Verdict> => {
    const rounds = await Promise.all(
      // A fresh seed each time but the first: an answer is right or wrong whatever the dice say.
      Array.from({ length: repeat }, (_, round) => gradeOnce(name, round === 0 ? { seed: fixedSeed } : {})),
    );
    const [first, ...others] = rounds as [Verdict, ...Verdict[]];
    for (const [index, again] of others.entries()) {
      if (summary(again) !== summary(first))
        broken.steady.push(
          `${name} was ${summary(first)}, and in round ${index + 2} ${summary(again)}${cause(again)}`,
        );
    }
    return first;
  };

  const graded = new Map(
    await Promise.all(
      [`solutions/${label}`, ...[stubName, ...mistakes].map((name) => `mistakes/${label}/${name}`)].map(
        async (name) => [name, await gradeOften(name)] as const,
      ),
    ),
  );
  const judgeWrong = (name: string, verdict: Verdict): void => {
    if (name === stubName) broken.stub.push(...brokenStub(exercise, verdict));
    else broken.mistakes.push(...brokenMistake(course, label, name, verdict));
  };
  const verdictOf = (name: string): Verdict => graded.get(name) as Verdict;
  const solution = verdictOf(`solutions/${label}`);
  if (solution.status !== "pass")
    broken.solution.push(`expected a pass, got ${summary(solution)}${cause(solution)}`);
  if (solution.processes > 1)
    broken.solution.push(`expected one process for the suite, got ${solution.processes}`);

  for (const name of [stubName, ...mistakes]) {
    const target = findTarget(course, `mistakes/${label}/${name}`, course.root);
    const path = join(target.folder, "failure.txt");
    const textOf = (verdict: Verdict): string => {
      const context = { ...answerContext(course, target, verdict), tells: [] };
      return maskMeasured(verdictText(withoutMeasured(verdict), context));
    };
    let verdict = verdictOf(target.name);
    let different = record ? [] : compareText(path, textOf(verdict), target.name);
    // Which further tests a wrong answer fails may be chance on a busy machine; which one it fails first may not.
    for (let again = 0; different.length > 0 && again < gradedAgain; again++) {
      judgeWrong(name, verdict);
      verdict = await gradeOnce(target.name, { seed: fixedSeed });
      different = compareText(path, textOf(verdict), target.name);
    }
    judgeWrong(name, verdict);
    signatures[name] = signatureOf(verdict);
    broken.texts.push(...different);
    if (record) recordText(path, textOf(verdict));
  }
  if (record) writeSignatures(course, label, signatures);
  else if (JSON.stringify(known) !== JSON.stringify(signatures)) {
    broken.texts.push(`mistakes/${label}/signatures.json is out of date: record it anew with --record`);
  }
  return [
    { gate: "solution", broken: broken.solution },
    { gate: "stub", broken: broken.stub },
    { gate: "mistakes", broken: broken.mistakes, note: String(mistakes.length) },
    { gate: "texts", broken: broken.texts, ...(record ? { note: "recorded" } : {}) },
    ...(repeat > 1 ? [{ gate: "steady" as const, broken: broken.steady, note: `${repeat} rounds` }] : []),
    { gate: "clean", broken: broken.clean },
    layoutGate(course, exercise, false),
  ];
}

function layoutGate(course: Course, exercise: Exercise, pristine: boolean): GateResult {
  const { broken, note } = brokenLayout(course, exercise, pristine);
  return { gate: "layout", broken, ...(note ? { note } : {}) };
}

/** How often an answer whose text reads differently is graded again, by itself. */
const gradedAgain = 2;

/** The texts are recorded with this one, so that what is random in them stays the same. */
const fixedSeed = 1;

/** `fail (first: returns both frames …; 3 in all)`: what must be the same in every round. */
function summary(verdict: Verdict): string {
  if (verdict.status === "error") return `error (${verdict.reason})`;
  const failing = failingTitles(verdict);
  return failing.length === 0 ? verdict.status : `${verdict.status} ("${failing.join('", "')}")`;
}

/** Why it failed its first test, in a line: what a run on another machine leaves to find the cause by. */
function cause({ tests }: Verdict): string {
  const failure = tests.find(({ status }) => status === "fail")?.failure;
  if (failure === undefined) return "";
  const { problem, expected, received, steps } = failure;
  const came =
    received === undefined ? "" : `; expected ${expected?.join(" ")}, received ${received.join(" ")}`;
  return `: ${problem}${came}, after ${steps.length} steps`;
}

function brokenStub(exercise: Exercise, verdict: Verdict): string[] {
  if (verdict.status !== "fail") return [`expected the untouched stub to fail, got ${summary(verdict)}`];
  const passing = verdict.tests.find(({ status }) => status === "pass");
  if (passing) return [`expected the stub to fail every test, but "${passing.title}" passes`];
  return verdict.tests.length === exercise.hints.length ? [] : ["expected every test to run"];
}

function brokenMistake(course: Course, label: string, name: string, verdict: Verdict): string[] {
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
