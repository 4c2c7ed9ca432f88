import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Exercise, Verdict } from "@tcpip-workshop/grader";
import { changeProgressFile, readProgressFile } from "./progress-file.ts";

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
interface Graded {
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

const header =
  "# What your answers in exercises/ were graded last, and what you have opened on the way. Plain text, so that it can travel with git.\n";

/**
 * Nothing has happened where there is no file.
 *
 * @throws {UserError} when it cannot be read, or has both sides of a merge in it
 */
export function readProgress(root: string): Progress {
  return parse(readProgressFile(root));
}

/** The entry of this exercise, made where there is none. */
export function entryOf({ exercises }: Progress, label: string): Entry {
  const entry = exercises.get(label) ?? { label, minutes: 0, hints: new Map() };
  exercises.set(label, entry);
  return entry;
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
    const progress = parse(text);
    change(progress);
    return print(progress);
  });
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

const topLine =
  /^(?:track (?<track>\S+)|now (?<current>\d\d-\S+)|(?<label>\d\d-\S+) (?:open|(?:pass|fail) (?<passed>\d+)\/(?<total>\d+) (?<at>\S+) (?<answer>[0-9a-f]{12})))$/;
const detailLine =
  /^ {2}(?:✗ (?<failing>.+)|minutes (?<minutes>\d+(?:\.\d+)?)|seen (?<seenAt>\S+Z)|passed (?<passedAt>\S+Z)|hint (?<level>\d+) (?<title>.+)|gave up (?<gaveUpAt>\S+Z)|in review since (?<reviewingSince>\S+Z)|reviewed (?<reviewedAt>\S+Z))$/;

function parse(text: string): Progress {
  const progress: Progress = { track: undefined, current: undefined, exercises: new Map(), others: [] };
  let last: Entry | undefined;
  let graded: Graded | undefined;
  for (const line of text.split(/\r?\n/)) {
    const { track, current, label, passed, total, at, answer } = topLine.exec(line)?.groups ?? {};
    if (track !== undefined) progress.track = track;
    else if (current !== undefined) progress.current = current;
    else if (label !== undefined) {
      last = entryOf(progress, label);
      graded = undefined;
      if (at === undefined || answer === undefined) continue;
      graded = { passed: Number(passed), total: Number(total), at, answer, failing: [] };
      // Twice the same exercise, from two sides of a merge: the later verdict is the last one.
      if (last.graded === undefined || last.graded.at <= at) last.graded = graded;
    } else if (
      !(last !== undefined && readDetail(last, graded, line)) &&
      line !== "" &&
      !line.startsWith("# What your ")
    )
      progress.others.push(line);
  }
  return progress;
}

/**
 * Of what stands there twice, from two sides of a merge, the more is taken.
 *
 * @returns whether the line is one of an entry's
 */
function readDetail(entry: Entry, graded: Graded | undefined, line: string): boolean {
  const details = detailLine.exec(line)?.groups;
  if (details === undefined) return false;
  const { failing, minutes, level, title, seenAt, passedAt, gaveUpAt, reviewingSince, reviewedAt } = details;
  if (failing !== undefined) graded?.failing.push(failing);
  if (minutes !== undefined) entry.minutes = Math.max(entry.minutes, Number(minutes));
  if (title !== undefined) entry.hints.set(title, Math.max(entry.hints.get(title) ?? 0, Number(level)));
  if (seenAt !== undefined) entry.seenAt = later(seenAt, entry.seenAt);
  if (passedAt !== undefined) entry.passedAt = earlier(passedAt, entry.passedAt);
  if (gaveUpAt !== undefined) entry.gaveUpAt = earlier(gaveUpAt, entry.gaveUpAt);
  if (reviewingSince !== undefined) entry.reviewingSince = later(reviewingSince, entry.reviewingSince);
  if (reviewedAt !== undefined) entry.reviewedAt = later(reviewedAt, entry.reviewedAt);
  return true;
}

function later(at: string, other = at): string {
  return at > other ? at : other;
}

function earlier(at: string, other = at): string {
  return at < other ? at : other;
}

function print({ track, current, exercises, others }: Progress): string {
  const entries = [...exercises.values()].toSorted((a, b) => a.label.localeCompare(b.label));
  const lines = [
    ...others,
    ...(track === undefined ? [] : [`track ${track}`]),
    ...(current === undefined ? [] : [`now ${current}`]),
    ...entries.flatMap(printEntry),
  ];
  return header + lines.map((line) => `${line}\n`).join("");
}

function printEntry({
  label,
  graded,
  minutes,
  seenAt,
  passedAt,
  hints,
  gaveUpAt,
  reviewingSince,
  reviewedAt,
}: Entry): string[] {
  const { passed, total, at, answer, failing = [] } = graded ?? {};
  const status = passed === total ? "pass" : "fail";
  const detail = (word: string, value: string | undefined): string[] =>
    value === undefined ? [] : [`  ${word} ${value}`];
  return [
    graded === undefined ? `${label} open` : `${label} ${status} ${passed}/${total} ${at} ${answer}`,
    ...failing.map((title) => `  ✗ ${title}`),
    ...detail("passed", passedAt),
    ...(minutes < 0.05 ? [] : [`  minutes ${minutes.toFixed(1)}`]),
    ...detail("seen", seenAt),
    ...[...hints].map(([title, level]) => `  hint ${level} ${title}`),
    ...detail("gave up", gaveUpAt),
    ...detail("in review since", reviewingSince),
    ...detail("reviewed", reviewedAt),
  ];
}
