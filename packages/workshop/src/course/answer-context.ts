import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Exercise, TestVerdict, Verdict } from "@tcpip-workshop/grader";
import type { VerdictContext } from "../text/verdict-text.ts";
import { stubName, type Course } from "./course.ts";
import { readMistake } from "./mistake.ts";
import { readSignatures, signatureOf } from "./signatures.ts";
import type { Target } from "./target.ts";

/** What the text of a verdict says beyond the verdict itself. */
export function answerContext(
  course: Course,
  { label, folder, name }: Target,
  verdict: Verdict,
): VerdictContext {
  const exercise = course.exercise(label);
  const isStub = sameFiles(exercise, folder, join(course.root, "mistakes", label, stubName));
  return {
    name,
    exercise: `exercises/${label}`,
    files: exercise.files,
    isStub,
    tells: isStub ? [] : tellsFor(course, label, verdict),
    solutions: exercise.files.map((file) => `solutions/${label}/${file}`),
  };
}

/** True when both folders hold the same answer, byte for byte. */
export function sameFiles(exercise: Exercise, folder: string, other: string): boolean {
  try {
    return exercise.files.every((file) =>
      readFileSync(join(folder, file)).equals(readFileSync(join(other, file))),
    );
  } catch {
    return false;
  }
}

/**
 * What a known mistake believes that fails the very same tests with the very same symptom; nothing where two do, for a
 * guess that may be false is worse than none. Tests of what the learner has not come to yet are left out on both sides.
 */
function tellsFor(course: Course, label: string, verdict: Verdict): string[] {
  if (verdict.status !== "fail") return [];
  const unwritten = new Set(verdict.tests.filter(isUnwritten).map(({ title }) => title));
  const written = (titles: string[]): string => titles.filter((title) => !unwritten.has(title)).join("\n");
  const { failing, symptom } = signatureOf(verdict);
  if (written(failing) === "") return [];
  const kept = course.mistakes(label);
  const names = Object.entries(readSignatures(course, label)).flatMap(([name, known]) =>
    // A mistake that was taken away may still have its signature.
    written(known.failing) === written(failing) && known.symptom === symptom && kept.includes(name)
      ? [name]
      : [],
  );
  return names.length > 1 ? [] : names.map((name) => readMistake(course, label, name).tell);
}

function isUnwritten({ failure }: TestVerdict): boolean {
  return failure?.problem.includes("not implemented") === true;
}
