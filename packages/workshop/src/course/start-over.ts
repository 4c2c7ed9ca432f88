import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { stubName, type Course } from "./course.ts";
import { moment } from "./progress.ts";

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
 */
export function startOver(course: Course, label: string, now = Date.now()): Replaced | undefined {
  const stub = join(course.root, "mistakes", label, stubName);
  if (isSame(join(course.root, "exercises", label), stub)) return undefined;
  return replace(course, label, stub, now);
}

/**
 * Puts the newest kept answer that differs from the present one in its place; the present one is kept first.
 *
 * @returns nothing when there is none
 */
export function bringBack(
  course: Course,
  label: string,
  now = Date.now(),
): (Replaced & { from: string }) | undefined {
  const folder = join(course.root, "exercises", label);
  const from = attempts(course, label).findLast((path) => !isSame(folder, join(course.root, path)));
  return from === undefined ? undefined : { from, ...replace(course, label, join(course.root, from), now) };
}

/** The folders of the answers that are kept for an exercise, the oldest first, from the project's root. */
export function attempts({ root }: Course, label: string): string[] {
  const folder = join(root, shelf, label);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .toSorted()
    .map((name) => `${shelf}/${label}/${name}`);
}

/** Nothing is removed before it is kept, and nothing is written before that. */
function replace(course: Course, label: string, source: string, now: number): Replaced {
  const folder = join(course.root, "exercises", label);
  const kept = keepAnswer(course, label, now);
  const files = answerFiles(source);
  for (const file of answerFiles(folder)) if (!files.includes(file)) rmSync(join(folder, file));
  for (const file of files) copyFileSync(join(source, file), join(folder, file));
  return { kept };
}

/** The same answer is kept once. */
function keepAnswer(course: Course, label: string, now: number): string | undefined {
  const folder = join(course.root, "exercises", label);
  const files = answerFiles(folder);
  if (files.length === 0 || isSame(folder, join(course.root, "mistakes", label, stubName))) return undefined;
  const there = attempts(course, label).find((path) => isSame(folder, join(course.root, path)));
  if (there !== undefined) return there;
  const name = moment(now).replaceAll(":", "");
  // Two in one second: the second one stands behind the first.
  let kept = `${shelf}/${label}/${name}`;
  for (let turn = 2; existsSync(join(course.root, kept)); turn++) kept = `${shelf}/${label}/${name}-${turn}`;
  mkdirSync(join(course.root, kept), { recursive: true });
  for (const file of files) copyFileSync(join(folder, file), join(course.root, kept, file));
  return kept;
}

function isSame(folder: string, other: string): boolean {
  const [files, others] = [answerFiles(folder), answerFiles(other)];
  return (
    files.join("\n") === others.join("\n") &&
    files.every((file) => readFileSync(join(folder, file)).equals(readFileSync(join(other, file))))
  );
}

/** Everything a learner may have written: what is no suite. What they have deleted is not among them. */
function answerFiles(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => !entry.isDirectory() && entry.name.endsWith(".ts") && !entry.name.endsWith(".test.ts"))
    .map(({ name }) => name)
    .toSorted();
}
