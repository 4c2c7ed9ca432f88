import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join } from "node:path";

/** One exercise as it lies on disk. */
export interface Exercise {
  /** The folder's name: `04-framing`. */
  label: string;
  /** Absolute. */
  folder: string;
  /** The suite's absolute path. */
  suite: string;
  /** The files the learner edits, relative to the folder: those that the suite names, be they there or not. */
  files: string[];
  /** Whether its suite gives the answer a folder to write in: such an answer cannot be started before the suite is loaded. */
  scratch: boolean;
  /** The expected tests and their hints, in teaching order: the headings of `hints.md`. */
  hints: Hints[];
}

export interface Hints {
  /** The test's title. */
  title: string;
  /** From gentle to explicit. */
  levels: string[];
}

/** @throws {Error} when the folder is no exercise, saying what it lacks */
export function readExercise(folder: string): Exercise {
  const label = basename(folder);
  const names = readdirSync(folder).toSorted();
  const suites = names.filter((name) => name.endsWith(".test.ts"));
  const [suite] = suites;
  if (suite === undefined || suites.length > 1)
    throw new Error(`Expected one suite (*.test.ts) in ${label}, got ${suites.length}`);
  if (!names.includes("hints.md"))
    throw new Error(`Expected hints.md in ${label}: its headings are the tests that must run`);
  const source = readFileSync(join(folder, suite), "utf8");
  const named = filesNamedIn(source);
  return {
    label,
    folder,
    suite: join(folder, suite),
    files: named.length > 0 ? named : filesIn(folder, names),
    scratch: /\bscratch: true\b/.test(source),
    hints: readHints(readFileSync(join(folder, "hints.md"), "utf8")),
  };
}

/** What the suite asks for by `answer<typeof import("./framing.ts")>("./framing.ts")`: what was deleted is still due. */
function filesNamedIn(source: string): string[] {
  const calls = source.matchAll(/\banswer(?:<[^;]*?>)?\(\s*"(?:\.\/)?([^"/]+\.ts)"/g);
  return [...new Set(Array.from(calls, ([, file = ""]) => file))].toSorted();
}

/** For a suite that names none, as one that is only begun. */
function filesIn(folder: string, names: string[]): string[] {
  return names.filter(
    (name) => name.endsWith(".ts") && !name.endsWith(".test.ts") && statSync(join(folder, name)).isFile(),
  );
}

/** `## test title`, then a numbered list, one item a level. */
export function readHints(markdown: string): Hints[] {
  return markdown
    .split(/^## /m)
    .slice(1)
    .map((section) => {
      const [title = "", ...body] = section.split("\n");
      const levels = body
        .join("\n")
        .split(/^\d+\. /m)
        .slice(1);
      return { title: title.trim(), levels: levels.map((level) => level.trim().replace(/\n {3}/g, "\n")) };
    });
}
