import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Exercise, TestVerdict, Verdict } from "@tcpip-workshop/grader";
import type { VerdictContext } from "../text/verdict-text.ts";
import { stubName, type Course } from "./course.ts";
import { readMistake } from "./mistake.ts";
import { failingTitles, readSignatures } from "./signatures.ts";
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
    file: exercise.files[0] ?? "",
    isStub,
    tells: isStub ? [] : tellsFor(course, label, verdict),
    solution: `solutions/${label}/${exercise.files[0] ?? ""}`,
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
 * What the known mistakes believe that fail the very same tests; two at the most, for three guesses are none. Tests of
 * what the learner has not come to yet say nothing, so they are left out on both sides.
 */
function tellsFor(course: Course, label: string, verdict: Verdict): string[] {
  if (verdict.status !== "fail") return [];
  const unwritten = new Set(verdict.tests.filter(isUnwritten).map(({ title }) => title));
  const failing = failingTitles(verdict).filter((title) => !unwritten.has(title));
  if (failing.length === 0) return [];
  const names = Object.entries(readSignatures(course, label)).flatMap(([name, titles]) => {
    const written = titles.filter((title) => !unwritten.has(title));
    return written.join("\n") === failing.join("\n") && name !== stubName ? [name] : [];
  });
  return names.length > 2 ? [] : names.map((name) => readMistake(course, label, name).tell);
}

function isUnwritten({ failure }: TestVerdict): boolean {
  return failure?.problem.includes("not implemented") === true;
}
