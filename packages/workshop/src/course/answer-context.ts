import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Exercise, Verdict } from "@tcpip-workshop/grader";
import type { VerdictContext } from "../text/verdict-text.ts";
import { stubName, type Course } from "./course.ts";
import { readMistake } from "./mistake.ts";
import { alike, mostAlike } from "./signatures-match.ts";
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

/** True when both folders hold the same answer, byte for byte. Where a file is missing there is no answer to be the same. */
export function sameFiles({ files }: Exercise, folder: string, other: string): boolean {
  try {
    return (
      files.length > 0 &&
      files.every((file) => readFileSync(join(folder, file)).equals(readFileSync(join(other, file))))
    );
  } catch {
    return false;
  }
}

/**
 * `one-frame-per-chunk: One chunk is taken …`: what the known mistakes that it looks like are told, three at the most.
 * With more of them it could be anything, and nothing is said.
 */
function tellsFor(course: Course, label: string, verdict: Verdict): string[] {
  if (verdict.status !== "fail") return [];
  // A mistake that was taken away may still have its signature.
  const kept = new Set(course.mistakes(label));
  const names = alike(readSignatures(course, label), signatureOf(verdict)).filter((name) => kept.has(name));
  if (names.length > mostAlike) return [];
  return names.map((name) => `${name}: ${readMistake(course, label, name).tell}`);
}
