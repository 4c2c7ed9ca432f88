import { join } from "node:path";
import type { Exercise, GradeOptions, Verdict } from "@tcpip-workshop/grader";
import { answerContext } from "../course/answer-context.ts";
import { stubName, type Course } from "../course/course.ts";
import {
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
import { cause, judge, solutionName, summary, type Odd } from "./judge.ts";
import { brokenLayout } from "./layout.ts";
import { compareText, recordText } from "./recorded-text.ts";
import { settle, triedAgain } from "./settle.ts";

/** One gate of one exercise: what is broken, in sentences; nothing when it holds. */
export interface GateResult {
  gate: "solution" | "stub" | "mistakes" | "texts" | "steady" | "clean" | "layout";
  broken: string[];
  /** What was odd once and not in the next two gradings: told, and forgiven. */
  forgiven?: string[];
  note?: string;
}

export interface CheckOptions {
  /** How often every answer is graded; each time must give the same verdict. With 1, what is odd once of three is forgiven. */
  repeat: number;
  /** Write the failure texts instead of comparing them; nothing for an answer whose verdict is not as it must be. */
  record: boolean;
  /** Only the layout, and strictly: a stub in `exercises/` that differs from the kept one is an error, no learner's work. */
  pristine: boolean;
  /** Every answer is graded in a cell, as those of strangers are: all must come out as in the open. */
  sealed?: boolean;
}

/** The texts are recorded with this seed, so that what is random in them stays the same. */
const fixedSeed = "1";

/** Proves that an exercise's suite can be trusted: see docs/architecture.md, "Five gates". */
export async function checkExercise(
  course: Course,
  label: string,
  gradings: Pick<Gradings, "grade">,
  { repeat, record, pristine, sealed: isSealed = false }: CheckOptions,
): Promise<GateResult[]> {
  const exercise = course.exercise(label);
  if (pristine) return [layoutGate(course, exercise, true)];
  const gates = {
    solution: emptyGate(),
    stub: emptyGate(),
    mistakes: emptyGate(),
    texts: emptyGate(),
    steady: emptyGate(),
    clean: emptyGate(),
  };
  const mistakes = course.mistakes(label);
  const signatures: Signatures = {};
  const known = readSignatures(course, label);
  const pathOf = (name: string): string =>
    name === solutionName ? `solutions/${label}` : `mistakes/${label}/${name}`;

  const gradeOnce = async (name: string, options: GradeOptions, isFresh = false): Promise<Verdict> => {
    const path = pathOf(name);
    const { folder } = findTarget(course, path, course.root);
    const { verdict, left } = await gradings.grade({ label, folder, options, isFresh, isSealed });
    gates.clean.broken.push(...left.map((one) => `${path} left ${one}`));
    return verdict;
  };
  const gradeOften = async (name: string): Promise<Verdict> => {
    const rounds = await Promise.all(
      // A fresh seed each time but the first: an answer is right or wrong whatever the dice say.
      Array.from({ length: repeat }, (_, round) => gradeOnce(name, round === 0 ? { seed: fixedSeed } : {})),
    );
    const [first, ...others] = rounds as [Verdict, ...Verdict[]];
    for (const [index, again] of others.entries()) {
      if (summary(again) === summary(first)) continue;
      const different = `${summary(first)}, and in round ${index + 2} ${summary(again)}${cause(again)}`;
      gates.steady.broken.push(`${pathOf(name)} was ${different}`);
    }
    return first;
  };

  const names = [solutionName, stubName, ...mistakes];
  const graded = new Map(
    await Promise.all(names.map(async (name) => [name, await gradeOften(name)] as const)),
  );

  /** The verdict to go by, and whether it is as it must be. */
  const verdictOn = async (name: string): Promise<{ verdict: Verdict; isRight: boolean }> => {
    const first = graded.get(name) as Verdict;
    const reasons = (verdict: Verdict): string[] =>
      judge(course, exercise, name, verdict).map(({ reason }) => reason);
    // Who asks for many rounds wants to know of the one that is odd.
    const again = (): Promise<Verdict> =>
      // In a fresh process: what fails in each learner's own run is not to be forgiven for a warm one.
      repeat > 1 ? Promise.resolve(first) : gradeOnce(name, { seed: fixedSeed }, true);
    const { value, odd, isForgiven } = await settle(first, reasons, again);
    if (odd.length > 0) {
      const { gate } = judge(course, exercise, name, first)[0] as Odd;
      const said = record && isForgiven ? odd.map((reason) => `${reason}; a later one counts`) : odd;
      gates[gate][isForgiven ? "forgiven" : "broken"].push(...said);
    }
    return { verdict: value, isRight: odd.length === 0 || isForgiven };
  };

  await verdictOn(solutionName);
  for (const name of [stubName, ...mistakes]) {
    const target = findTarget(course, pathOf(name), course.root);
    const path = join(target.folder, "failure.txt");
    const textOf = (verdict: Verdict): string => {
      const context = { ...answerContext(course, target, verdict), tells: [] };
      return maskMeasured(verdictText(withoutMeasured(verdict), context));
    };
    const settled = await verdictOn(name);
    if (record && !settled.isRight) {
      gates.texts.broken.push(`${target.name}: nothing was recorded, for its verdict is not as it must be`);
      if (known[name] !== undefined) signatures[name] = known[name];
      continue;
    }
    let { verdict } = settled;
    let different = record ? [] : compareText(path, textOf(verdict), target.name);
    const differentAtFirst = different;
    // Which further tests a wrong answer fails may be chance on a busy machine; which one it fails first may not.
    for (let again = 0; different.length > 0 && again < triedAgain; again++) {
      verdict = await gradeOnce(name, { seed: fixedSeed }, true);
      different = compareText(path, textOf(verdict), target.name);
    }
    if (different.length === 0) gates.texts.forgiven.push(...differentAtFirst);
    signatures[name] = signatureOf(verdict);
    gates.texts.broken.push(...different);
    if (record) recordText(path, textOf(verdict));
  }
  if (record) writeSignatures(course, label, signatures);
  else if (JSON.stringify(known) !== JSON.stringify(signatures)) {
    gates.texts.broken.push(`mistakes/${label}/signatures.json is out of date: record it anew with --record`);
  }
  return [
    { gate: "solution", ...gates.solution },
    { gate: "stub", ...gates.stub },
    { gate: "mistakes", ...gates.mistakes, note: String(mistakes.length) },
    { gate: "texts", ...gates.texts, ...(record ? { note: "recorded" } : {}) },
    ...(repeat > 1 ? [{ gate: "steady" as const, ...gates.steady, note: `${repeat} rounds` }] : []),
    { gate: "clean", ...gates.clean },
    layoutGate(course, exercise, false),
  ];
}

function emptyGate(): { broken: string[]; forgiven: string[] } {
  return { broken: [], forgiven: [] };
}

function layoutGate(course: Course, exercise: Exercise, pristine: boolean): GateResult {
  const { broken, note } = brokenLayout(course, exercise, pristine);
  return { gate: "layout", broken, ...(note ? { note } : {}) };
}
