import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  type Dirent,
} from "node:fs";
import { basename, join } from "node:path";
import { stubName, type Course } from "./course.ts";
import { moment } from "./progress.ts";
import { UserError } from "./user-error.ts";

/** Where answers are kept that were replaced: `attempts/04-framing/2026-11-23T060000Z/framing.ts`. Git does not see them. */
const shelf = "attempts";

/** What became of a learner's files. Paths are from the project's root. */
export interface Replaced {
  /** Where the answer that was replaced lies now; nothing when it was the stub. */
  kept: string | undefined;
}

/**
 * Puts the untouched stub in the place of the learner's answer, which is kept first.
 *
 * @returns nothing when the answer is the stub already
 * @throws {UserError} when a file cannot be read or written
 */
export function startOver(course: Course, label: string, now = Date.now()): Replaced | undefined {
  return explained(label, () => {
    const stub = filesIn(stubOf(course, label));
    return isSame(answerOf(course, label), stub) ? undefined : replace(course, label, stub, now);
  });
}

/**
 * Puts a kept answer in the place of the present one, which is kept first: the one of this name, or the newest that
 * differs from the present one, which is what was put aside last. A file that the stub has and it has not is the stub's.
 *
 * @returns nothing when there is none, or it is the present one
 * @throws {UserError} when there is none of this name, or a file cannot be read or written
 */
export function bringBack(
  course: Course,
  label: string,
  { name, now = Date.now() }: { name?: string | undefined; now?: number } = {},
): (Replaced & { from: string }) | undefined {
  return explained(label, () => {
    const kept = attempts(course, label);
    if (name !== undefined && !kept.some((path) => basename(path) === name))
      throw new UserError(noSuchAttempt(label, name, kept));
    const stub = filesIn(stubOf(course, label));
    const present = answerOf(course, label);
    const wanted = (path: string): Files => new Map([...stub, ...filesIn(join(course.root, path))]);
    const from = kept.findLast(
      (path) => (name === undefined || basename(path) === name) && !isSame(present, wanted(path)),
    );
    return from === undefined ? undefined : { from, ...replace(course, label, wanted(from), now) };
  });
}

/**
 * The folders of the answers that are kept for an exercise, the oldest first, from the project's root. What holds no answer
 * is none: a file manager's `.DS_Store`, an empty folder, one whose making was interrupted.
 */
export function attempts({ root }: Course, label: string): string[] {
  const folder = join(root, shelf, label);
  return entries(folder)
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith("."))
    .map(({ name }) => name)
    .filter((name) => answerFiles(join(folder, name)).length > 0)
    .toSorted((a, b) => a.localeCompare(b, "en", { numeric: true }))
    .map((name) => `${shelf}/${label}/${name}`);
}

/** What a file holds, by its name. */
type Files = Map<string, Buffer>;

/** Nothing is removed before it is kept, and nothing is written before that. All of it has been read by then. */
function replace(course: Course, label: string, files: Files, now: number): Replaced {
  const folder = join(course.root, "exercises", label);
  const kept = keepAnswer(course, label, now);
  mkdirSync(folder, { recursive: true });
  for (const [file, content] of files) writeFileSync(join(folder, file), content);
  for (const file of answerFiles(folder)) if (!files.has(file)) rmSync(join(folder, file));
  return { kept };
}

/**
 * The newest of all when it is this very answer already, else anew, even if an older one is the same: what was put aside last is
 * the newest, and where a command has said that an answer is kept, there it stays.
 */
function keepAnswer(course: Course, label: string, now: number): string | undefined {
  const answer = answerOf(course, label);
  if (answer.size === 0 || isSame(answer, filesIn(stubOf(course, label)))) return undefined;
  const newest = attempts(course, label).at(-1);
  if (newest !== undefined && isSame(answer, filesIn(join(course.root, newest)))) return newest;
  const folder = join(course.root, shelf, label);
  const making = join(folder, `.making-${process.pid}-${now}`);
  mkdirSync(making, { recursive: true });
  try {
    for (const [file, content] of answer) writeFileSync(join(making, file), content);
    return `${shelf}/${label}/${place(making, folder, moment(now).replaceAll(":", ""))}`;
  } finally {
    rmSync(making, { recursive: true, force: true });
  }
}

/** Whole, or not there at all. Two in one second: the second one stands behind the first. */
function place(making: string, folder: string, name: string): string {
  for (let turn = 1; ; turn++) {
    const placed = turn === 1 ? name : `${name}-${turn}`;
    if (existsSync(join(folder, placed))) continue;
    try {
      renameSync(making, join(folder, placed));
      return placed;
    } catch (error) {
      // Another command was quicker, in this very moment.
      if (!["ENOTEMPTY", "EEXIST"].includes(String((error as NodeJS.ErrnoException).code))) throw error;
    }
  }
}

function noSuchAttempt(label: string, name: string, kept: string[]): string {
  const listed = kept.map((path) => `\n  ${basename(path)}`).join("");
  const there = kept.length === 0 ? "None is kept." : `There are:${listed}`;
  return `Expected the name of a kept answer of ${label}, got "${name}". ${there}`;
}

function stubOf({ root }: Course, label: string): string {
  return join(root, "mistakes", label, stubName);
}

function answerOf({ root }: Course, label: string): Files {
  return filesIn(join(root, "exercises", label));
}

function filesIn(folder: string): Files {
  return new Map(answerFiles(folder).map((file) => [file, readFileSync(join(folder, file))]));
}

function isSame(files: Files, others: Files): boolean {
  return (
    files.size === others.size &&
    [...files].every(([file, content]) => others.get(file)?.equals(content) === true)
  );
}

/** Everything a learner may have written: what is no suite. What they have deleted is not among them. */
function answerFiles(folder: string): string[] {
  return entries(folder)
    .filter((entry) => !entry.isDirectory() && entry.name.endsWith(".ts") && !entry.name.endsWith(".test.ts"))
    .map(({ name }) => name)
    .toSorted();
}

/** Nothing is in what is not there, or is no folder. */
function entries(folder: string): Dirent[] {
  return statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true
    ? readdirSync(folder, { withFileTypes: true })
    : [];
}

/** What the disk refuses is no bug of the workshop's. */
function explained<T>(label: string, change: () => T): T {
  try {
    return change();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined || error instanceof UserError) throw error;
    throw new UserError(
      `The files of ${label} cannot be changed: ${message}.\nNothing of yours was lost: it is in exercises/${label}, or in ${shelf}/${label}.`,
    );
  }
}
