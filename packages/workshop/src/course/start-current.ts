import type { Course } from "./course.ts";
import { answerState, hasPassed } from "./progress-state.ts";
import { entryOf, noteProgress, readProgress, type Progress } from "./progress.ts";
import { findTarget } from "./target.ts";
import { readTrack, type Track } from "./track.ts";
import { UserError } from "./user-error.ts";

/** The track that is followed; nothing for the whole course. */
export function followedTrack(course: Course, progress: Progress): Track | undefined {
  if (progress.track === undefined) return undefined;
  try {
    return readTrack(course, progress.track);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(
      `${error.message}\nprogress.txt follows it: \`pnpm workshop track --none\` goes back to the whole course.`,
    );
  }
}

/** The labels of the track that is followed, or of the whole course, in their order. */
export function orderOf(course: Course, progress: Progress): string[] {
  return followedTrack(course, progress)?.labels ?? course.labels;
}

/** The exercise that the learner is at: the one they turned to last, else the first that has not passed. */
export function currentLabel(course: Course, progress = readProgress(course.root)): string {
  const { current, exercises } = progress;
  if (current !== undefined && course.labels.includes(current)) return current;
  const order = orderOf(course, progress);
  const open = order.find((label) => !hasPassed(exercises.get(label)));
  const label = open ?? order.at(-1);
  if (label === undefined) throw new UserError(`Expected exercises in ${course.root}, got none`);
  return label;
}

/** The label that was typed, or the current one. */
export function typedOrCurrent(course: Course, typed: string | undefined): string {
  if (typed === undefined) return currentLabel(course);
  const { label, name } = findTarget(course, typed);
  if (name.startsWith("exercises/")) return label;
  throw new UserError(`Expected an exercise, such as ${label.slice(0, 2)}, got "${typed}"`);
}

/** The next in order that has not passed, from the beginning again behind the last; nothing when no other is left. */
export function nextLabel(course: Course, progress: Progress): string | undefined {
  const order = orderOf(course, progress);
  const at = order.indexOf(currentLabel(course, progress));
  return [...order.slice(at + 1), ...order.slice(0, Math.max(at, 0))].find(
    (label) => !hasPassed(progress.exercises.get(label)),
  );
}

/** The learner was sent to it, by a track or as the first, and has neither opened it nor written in it yet. */
export function isAhead(course: Course, { exercises }: Progress, label: string): boolean {
  return !exercises.has(label) && answerState(course, label, undefined) === "untouched";
}

/**
 * From now on this is the exercise that is meant where none is named.
 *
 * @returns what is to be said where that cannot be written
 */
export function turnTo(course: Course, label: string): string | undefined {
  return noteProgress(course.root, (progress) => {
    progress.current = label;
    entryOf(progress, label);
  });
}
