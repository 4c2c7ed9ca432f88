import type { Course } from "./course.ts";
import { alike, mostAlike } from "./signatures-match.ts";
import { readSignatures, type Signature, type Signatures } from "./signatures.ts";

/** How many answers of which we know what they believe are named, and how. */
interface Tally {
  cases: number;
  /** Named for certain, and rightly. */
  alone: number;
  /** Named as one of two or three, the right one among them. */
  oneOf: number;
  /** Like none, or like too many to be named. */
  unnamed: number;
  /** Given a name, or a few, and theirs is not among them. */
  wrong: number;
}

/** How well an exercise's known mistakes are told apart by their signatures alone. */
export interface Recognition {
  label: string;
  /** Each as it is kept. */
  whole: Tally;
  /** The names that are listed together. */
  groups: string[][];
  /**
   * Each when only the first so many tests' worth is written, for every number of tests from the one it fails first to all
   * of them.
   */
  halfWritten: Tally;
  /** Each with all tests behind the one it fails first failing too, whatever the reason. */
  further: Tally;
  /** Each together with each that fails first by a later test. */
  pairs: Tally;
  /** Each as if nobody had kept it: whatever is named then is wrong. */
  notKept: Tally;
}

/** From what was recorded; nothing is graded. */
export function recognition(course: Course, label: string): Recognition {
  const kept = course.mistakes(label);
  const recorded = readSignatures(course, label);
  const known: Signatures = Object.fromEntries(
    Object.entries(recorded).filter(([name]) => kept.includes(name)),
  );
  const titles = course.exercise(label).hints.map(({ title }) => title);
  const firstOf = ({ failing }: Signature): number => titles.indexOf(failing[0] ?? "");
  const failingAs = (signature: Signature, also: string[]): Signature => {
    const fails = new Set([...signature.failing, ...also]);
    return { failing: titles.filter((title) => fails.has(title)), symptom: signature.symptom };
  };
  const cases = (variants: (signature: Signature) => Signature[]): Tally =>
    tally(
      Object.entries(known).flatMap(([name, signature]) =>
        variants(signature).map((shown) => ({ name, names: alike(known, shown) })),
      ),
    );
  const behind = (signature: Signature): string[] => titles.slice(firstOf(signature));
  const groups = Object.values(known).map((signature) => alike(known, signature));
  return {
    label,
    whole: cases((signature) => [signature]),
    groups: [...new Set(groups.filter(({ length }) => length > 1).map((names) => names.join("\n")))].map(
      (names) => names.split("\n"),
    ),
    halfWritten: cases((signature) =>
      behind(signature).map((_, index) => failingAs(signature, behind(signature).slice(index + 1))),
    ),
    further: cases((signature) => [failingAs(signature, behind(signature))]),
    pairs: cases((signature) =>
      Object.values(known)
        .filter((other) => firstOf(other) > firstOf(signature))
        .map((other) => failingAs(signature, other.failing)),
    ),
    notKept: tally(
      Object.entries(known).map(([name, signature]) => {
        const { [name]: _own, ...others } = known;
        return { name, names: alike(others, signature) };
      }),
    ),
  };
}

/** As the tables of docs/mistakes.md. */
export function recognitionTable(all: Recognition[]): string {
  const sum = (of: (one: Recognition) => Tally): Tally => all.map(of).reduce(plus, nothing);
  const rows = all.map(({ label, whole, groups }) => [
    label,
    ...counts(whole),
    groups.map((names) => names.join(" = ")).join("; "),
  ]);
  const kinds: [string, Tally][] = [
    ["whole", sum(({ whole }) => whole)],
    ["half-written", sum(({ halfWritten }) => halfWritten)],
    ["all further tests fail too", sum(({ further }) => further)],
    ["two mistakes at once", sum(({ pairs }) => pairs)],
    ["a mistake that nobody has kept", sum(({ notKept }) => notKept)],
  ];
  return [
    ...table(
      ["exercise", "mistakes", "named alone", '"one of these"', "not named", "listed together"],
      [...rows, ["**all**", ...counts(sum(({ whole }) => whole)), ""]],
    ),
    "",
    ...table(
      ["as a learner shows it", "cases", "named alone", '"one of these"', "not named", "named wrongly"],
      kinds.map(([kind, counted]) => {
        const { cases, alone, oneOf, unnamed, wrong } = counted;
        return [kind, String(cases)].concat(
          [alone, oneOf, unnamed, wrong].map((number) => part(number, counted)),
        );
      }),
    ),
    "",
  ].join("\n");
}

const nothing: Tally = { cases: 0, alone: 0, oneOf: 0, unnamed: 0, wrong: 0 };

function plus(one: Tally, other: Tally): Tally {
  return {
    cases: one.cases + other.cases,
    alone: one.alone + other.alone,
    oneOf: one.oneOf + other.oneOf,
    unnamed: one.unnamed + other.unnamed,
    wrong: one.wrong + other.wrong,
  };
}

function tally(found: { name: string; names: string[] }[]): Tally {
  const named = found.filter(({ names }) => names.length > 0 && names.length <= mostAlike);
  const right = named.filter(({ name, names }) => names.includes(name));
  const alone = right.filter(({ names }) => names.length === 1).length;
  return {
    cases: found.length,
    alone,
    oneOf: right.length - alone,
    unnamed: found.length - named.length,
    wrong: named.length - right.length,
  };
}

function counts({ cases, alone, oneOf, unnamed }: Tally): string[] {
  return [cases, alone, oneOf, unnamed].map(String);
}

/** `2959 (93.1 %)` */
function part(number: number, { cases }: Tally): string {
  return number === 0 ? "0" : `${number} (${((100 * number) / cases).toFixed(1)} %)`;
}

function table(heads: string[], rows: string[][]): string[] {
  const rule = heads.map((_, at) => (at === 0 || heads[at] === "listed together" ? "---" : "---:"));
  return [heads, rule, ...rows].map((cells) => `| ${cells.join(" | ")} |`.replace("|  |", "| |"));
}
