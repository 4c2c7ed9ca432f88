import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Exercise, Verdict } from "@tcpip-workshop/grader";
import { changeProgressFile, NotWritten, readProgressFile } from "./progress-file.ts";
import { entryOf, parseProgress, printProgress } from "./progress-text.ts";

export { entryOf } from "./progress-text.ts";

/** What a learner has done so far, as `progress.txt` has it. */
export interface Progress {
  /** The track they follow; the whole course without one. */
  track: string | undefined;
  /** The label of the exercise they are at. */
  current: string | undefined;
  /** By label; only those with which something has happened. */
  exercises: Map<string, Entry>;
  /** Lines that nothing here understands, a merge's among them. They stay in the file. */
  others: string[];
}

/** What has happened with one exercise. Moments are in ISO 8601, to the second. */
export interface Entry {
  label: string;
  /** What the answer was graded last; nothing before the first time. */
  graded?: Graded;
  /** Minutes at work until the first pass; pauses longer than {@link longestPause} are none. */
  minutes: number;
  /** When the learner was last seen at it. */
  seenAt?: string;
  /** When it passed for the first time. */
  passedAt?: string;
  /** How many levels of hints were opened, by the title of the test. */
  hints: Map<string, number>;
  /** When the solution was asked for before there was a pass. */
  gaveUpAt?: string;
  /** When a review put the stub back; until it passes again, or is given up. */
  reviewingSince?: string;
  /** When it passed again in a review. */
  reviewedAt?: string;
}

/** A verdict on the learner's answer. */
export interface Graded {
  passed: number;
  total: number;
  at: string;
  /** The first 12 hexadecimal digits of the answer's SHA-256: whether it has changed since. */
  answer: string;
  /** The titles of the tests that failed. */
  failing: string[];
}

/** Whoever comes back later than this, in milliseconds, was not at work meanwhile. */
export const longestPause = 15 * 60 * 1000;

/** Of a minute, in milliseconds. */
const tenth = 6000;

/**
 * Nothing has happened where there is no file.
 *
 * @throws {UserError} when it cannot be read, or has both sides of a merge in it
 */
export function readProgress(root: string): Progress {
  return parseProgress(readProgressFile(root));
}

/**
 * Reads the file, has it changed, and writes it whole, with nothing lost of what others write at the same time. `change` may be
 * called more than once, each time with what the file has then.
 *
 * @throws {NotWritten} when it cannot be written
 * @throws {UserError} as {@link readProgress} does
 */
export function updateProgress(root: string, change: (progress: Progress) => void): void {
  changeProgressFile(root, (text) => {
    const progress = parseProgress(text);
    change(progress);
    return printProgress(progress);
  });
}

/**
 * As {@link updateProgress}, for those who can do without the file: what cannot be written is remembered until the process ends.
 *
 * @returns the sentence that says so, or nothing
 */
export function noteProgress(root: string, change: (progress: Progress) => void): string | undefined {
  try {
    updateProgress(root, change);
    return undefined;
  } catch (error) {
    if (!(error instanceof NotWritten)) throw error;
    return `${error.message}. It goes on without, and what is done now is not remembered.`;
  }
}

/** Records a verdict on the learner's own answer, and the time it took them to come to it. */
export function recordVerdict(root: string, exercise: Exercise, verdict: Verdict): void {
  const failing = verdict.tests.filter(({ status }) => status === "fail").map(({ title }) => title);
  const total = verdict.tests.length;
  updateProgress(root, (progress) => {
    const entry = entryOf(progress, verdict.exercise);
    beSeen(entry);
    const at = moment();
    entry.graded = { passed: total - failing.length, total, at, answer: digestOf(exercise), failing };
    if (verdict.status !== "pass") return;
    entry.passedAt ??= at;
    if (entry.reviewingSince === undefined) return;
    entry.reviewedAt = at;
    delete entry.reviewingSince;
  });
}

/**
 * The learner is at work on it now: the time since they were last seen there counts, unless it was a pause. It counts in whole
 * tenths of a minute, as the file has them; what is left of it counts with the next look.
 */
export function beSeen(entry: Entry, now = Date.now()): void {
  const seen = entry.seenAt === undefined ? Number.NaN : Date.parse(entry.seenAt);
  const isAtWork = now >= seen && now - seen <= longestPause;
  if (entry.passedAt !== undefined || !isAtWork) {
    entry.seenAt = moment(now);
    return;
  }
  const tenths = Math.floor((now - seen) / tenth);
  entry.minutes = (Math.round(entry.minutes * 10) + tenths) / 10;
  entry.seenAt = moment(seen + tenths * tenth);
}

/** How many levels of hints were opened, of all its tests together. */
export function openedHints({ hints }: Entry): number {
  return [...hints.values()].reduce((sum, level) => sum + level, 0);
}

/** Identifies the learner's answer as it is now; a file that is not there is another answer than any. */
export function digestOf({ folder, files }: Exercise): string {
  const hash = createHash("sha256");
  for (const file of files) {
    const path = join(folder, file);
    hash.update(isFile(path) ? readFileSync(path) : "\0missing").update("\0");
  }
  return hash.digest("hex").slice(0, 12);
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

/** The moment as the file has it: `2026-11-23T06:00:00Z`. */
export function moment(milliseconds = Date.now()): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
}
