import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Course } from "./course.ts";
import { maySeeSolution } from "./progress-state.ts";
import { entryOf, moment, noteProgress, readProgress } from "./progress.ts";
import { UserError } from "./user-error.ts";

/** A file of the solution, and the packages that its first comment names. */
export interface SolutionFile {
  /** The name beside the learner's: `framing.ts`. */
  file: string;
  /** From the project's root. */
  path: string;
  text: string;
  /** `packages/core/src/framing/`: where the same idea stands as it does in production. */
  packages: string[];
}

/**
 * The solution, for those who have passed. `giveUp` shows it to the others, and is recorded.
 *
 * @param command what the person would type for it to be shown
 * @param say is told what is to be said where it cannot be recorded
 * @throws {UserError} when neither is the case
 */
export function solutionFor(
  course: Course,
  label: string,
  { giveUp, command, say }: { giveUp: boolean; command: string; say: (note: string) => void },
): SolutionFile[] {
  const entry = readProgress(course.root).exercises.get(label);
  if (!maySeeSolution(entry)) {
    if (!giveUp)
      throw new UserError(
        `${label} has not passed ${entry?.reviewingSince === undefined ? "yet" : "again in this review"}, and the solution spoils it.\n` +
          `  A hint first:          pnpm workshop hint ${label.slice(0, 2)}\n` +
          `  All the same (noted):  pnpm workshop ${command} ${label.slice(0, 2)} --give-up`,
      );
    const note = noteProgress(course.root, (progress) => {
      const given = entryOf(progress, label);
      given.gaveUpAt = moment();
      // It comes up for review again.
      delete given.reviewingSince;
    });
    if (note !== undefined) say(note);
  }
  return readSolution(course, label);
}

function readSolution(course: Course, label: string): SolutionFile[] {
  return course.exercise(label).files.flatMap((file) => {
    const path = `solutions/${label}/${file}`;
    try {
      const text = readFileSync(join(course.root, path), "utf8");
      return [{ file, path, text, packages: packagesIn(text) }];
    } catch {
      // A file that the learner added has none.
      return [];
    }
  });
}

/** What the comment at the top names: `packages/…`, with folder or file. */
function packagesIn(text: string): string[] {
  return [...new Set(commentAtTop(text).match(/packages\/[\w./-]*\w/g))];
}

/** The words of the comment that a file begins with, in one line; empty where there is none. */
export function commentAtTop(text: string): string {
  const comment: string[] = [];
  for (const line of text.split("\n")) {
    if (!line.startsWith("//")) break;
    comment.push(line.slice(2).trim());
  }
  return comment.join(" ");
}
