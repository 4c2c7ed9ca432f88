import type { Course } from "./course.ts";
import { alike, mostAlike } from "./signatures-match.ts";
import { readSignatures, type Signatures } from "./signatures.ts";

/** How well an exercise's known mistakes are told apart by their signatures alone. */
export interface Recognition {
  label: string;
  mistakes: number;
  /** Those that no other is like: named for certain. */
  alone: number;
  /** Those that are named as one of two or three. */
  oneOf: number;
  /** Those that are like too many to be named. */
  unnamed: number;
  /** The names that share a signature. */
  groups: string[][];
  /**
   * The same when only the first so many tests' worth is written, for every mistake and every number of tests from the one
   * it fails first to all of them.
   */
  halfWritten: { cases: number; alone: number; oneOf: number; unnamed: number };
}

/** From what was recorded; nothing is graded. */
export function recognition(course: Course, label: string): Recognition {
  const kept = course.mistakes(label);
  const recorded = readSignatures(course, label);
  const known: Signatures = Object.fromEntries(
    Object.entries(recorded).filter(([name]) => kept.includes(name)),
  );
  const titles = course.exercise(label).hints.map(({ title }) => title);
  const whole = Object.values(known).map((signature) => alike(known, signature, () => false));
  const halves = Object.values(known).flatMap((signature) => {
    const first = titles.indexOf(signature.failing[0] ?? "");
    return titles.slice(first).map((_, index) => {
      const unwritten = new Set(titles.slice(first + index + 1));
      return alike(known, signature, (title) => unwritten.has(title));
    });
  });
  return {
    label,
    mistakes: whole.length,
    ...tally(whole),
    groups: [...new Set(whole.filter((names) => names.length > 1).map((names) => names.join("\n")))].map(
      (names) => names.split("\n"),
    ),
    halfWritten: { cases: halves.length, ...tally(halves) },
  };
}

/** As the table of docs/mistakes.md. */
export function recognitionTable(all: Recognition[]): string {
  const rows = all.map(({ label, mistakes, alone, oneOf, unnamed, groups }) => [
    label,
    String(mistakes),
    String(alone),
    String(oneOf),
    String(unnamed),
    groups.map((names) => names.join(" = ")).join("; "),
  ]);
  const sum = (of: (one: Recognition) => number): number => all.reduce((total, one) => total + of(one), 0);
  const total = [
    "**all**",
    String(sum(({ mistakes }) => mistakes)),
    String(sum(({ alone }) => alone)),
    String(sum(({ oneOf }) => oneOf)),
    String(sum(({ unnamed }) => unnamed)),
    "",
  ];
  const table = [
    ["exercise", "mistakes", "named alone", '"one of these"', "not named", "which share a signature"],
    ["---", "---:", "---:", "---:", "---:", "---"],
    ...rows,
    total,
  ];
  const cases = sum(({ halfWritten }) => halfWritten.cases);
  const part = (of: (one: Recognition) => number): string => {
    const number = sum(of);
    return `${number} (${((100 * number) / cases).toFixed(1)} %)`;
  };
  return [
    ...table.map((cells) => `| ${cells.join(" | ")} |`.replace("|  |", "| |")),
    "",
    `Half-written: ${cases} cases.`,
    `Named alone ${part(({ halfWritten }) => halfWritten.alone)},`,
    `one of these ${part(({ halfWritten }) => halfWritten.oneOf)},`,
    `not named ${part(({ halfWritten }) => halfWritten.unnamed)}.`,
    "",
  ].join("\n");
}

function tally(found: string[][]): { alone: number; oneOf: number; unnamed: number } {
  const alone = found.filter((names) => names.length === 1).length;
  const unnamed = found.filter((names) => names.length > mostAlike).length;
  return { alone, oneOf: found.length - alone - unnamed, unnamed };
}
