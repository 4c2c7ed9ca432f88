import type { Verdict } from "@tcpip-workshop/grader";
import type { Course } from "./course.ts";
import { hasPassed } from "./progress-state.ts";
import { readProgress } from "./progress.ts";
import { currentLabel, nextLabel } from "./start-current.ts";
import type { Target } from "./target.ts";
import { UserError } from "./user-error.ts";

/** Where a pass of the learner's own answer leads, as a line; nothing where no exercise is left. */
export function onward(course: Course, { label, name }: Target, { status }: Verdict): string {
  if (status !== "pass" || !name.startsWith("exercises/")) return "";
  try {
    const progress = readProgress(course.root);
    const current = currentLabel(course, progress);
    const next = current === label ? nextLabel(course, progress) : current;
    if (next === undefined || hasPassed(progress.exercises.get(next))) return "";
    return `\n  Next: ${next}. pnpm workshop${current === label ? " next" : ""}\n`;
  } catch (error) {
    // A track that is gone is told by the commands that follow it.
    if (error instanceof UserError) return "";
    throw error;
  }
}
