import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
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
  /** Modules of the course's packages that its answers may import, without their scope: `tcp-echo/pool`. */
  packages: string[];
  /** The expected tests and their hints, in teaching order: the headings of `hints.md`. */
  hints: Hints[];
}

export interface Hints {
  /** The test's title. */
  title: string;
  /** From gentle to explicit. */
  levels: string[];
}

/** A file that may be the suite. */
interface Candidate {
  name: string;
  source: string;
}

/**
 * Reads it anew. Tests of the learner's own beside the suite are neither suites nor files of the answer.
 *
 * @throws {Error} when the folder is no exercise, saying what it lacks
 */
export function readExercise(folder: string): Exercise {
  const label = basename(folder);
  const names = namesIn(folder);
  if (!names.includes("hints.md"))
    throw new Error(`Expected hints.md in ${label}: its headings are the tests that must run`);
  const hints = readHints(readFileSync(join(folder, "hints.md"), "utf8"));
  const [suite] = names
    .filter((name) => name.endsWith(".test.ts"))
    .map((name) => ({ name, source: readFileSync(join(folder, name), "utf8") }))
    .toSorted(suiteFirst(hints));
  if (suite === undefined) throw new Error(`Expected a suite (*.test.ts) in ${label}, got none`);
  if (hints.length > 0 && titlesIn(suite, hints) === 0)
    throw new Error(
      `Expected the suite of ${label}, with the tests that hints.md names, got only ${suite.name}, which has none of them. ` +
        `Put the suite back: \`git status\` names it`,
    );
  const named = filesNamedIn(suite.source);
  return {
    label,
    folder,
    suite: join(folder, suite.name),
    files: named.length > 0 ? named : names.filter((name) => /(?<!\.test)\.ts$/.test(name)),
    scratch: /\bscratch: true\b/.test(suite.source),
    packages: packagesNamedIn(suite.source),
    hints,
  };
}

/** Its files. Not an editor's, which begin with a dot: Emacs locks a file by a link beside it that leads nowhere. */
function namesIn(folder: string): string[] {
  if (!existsSync(folder))
    throw new Error(`Expected the folder exercises/${basename(folder)}, but there is none`);
  return readdirSync(folder)
    .filter(
      (name) => !name.startsWith(".") && statSync(join(folder, name), { throwIfNoEntry: false })?.isFile(),
    )
    .toSorted();
}

/**
 * It has the titles of hints.md, unlike tests that a learner has written beside it. Of two that have them, the one with the
 * shorter name: the other is a copy.
 */
function suiteFirst(hints: Hints[]): (a: Candidate, b: Candidate) => number {
  return (a, b) => titlesIn(b, hints) - titlesIn(a, hints) || a.name.length - b.name.length;
}

function titlesIn({ source }: Candidate, hints: Hints[]): number {
  return hints.filter(({ title }) => source.includes(title)).length;
}

/** What the suite asks for by `answer<typeof import("./framing.ts")>("./framing.ts")`: what was deleted is still due. */
function filesNamedIn(source: string): string[] {
  const calls = source.matchAll(/\banswer(?:<[^;]*?>)?\(\s*"(?:\.\/)?([^"/]+\.ts)"/g);
  return [...new Set(Array.from(calls, ([, file = ""]) => file))].toSorted();
}

/** `answer<…>("./payments.ts", { packages: ["idempotency/sqlite"] })`: read here, for the process starts before the suite does. */
function packagesNamedIn(source: string): string[] {
  const lists = Array.from(source.matchAll(/\bpackages: \[([^\]]*)\]/g), ([, list = ""]) => list);
  return [...new Set(Array.from(lists.join().matchAll(/"([^"]+)"/g), ([, name = ""]) => name))];
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
