import type { Exercise } from "@tcpip-workshop/grader";
import type { Call, Command } from "../command.ts";
import type { Course } from "../course/course.ts";
import { openHint } from "../course/hints-opened.ts";
import { hintLines } from "../course/hints-text.ts";
import { digestOf, readProgress, type Entry } from "../course/progress.ts";
import { typedOrCurrent } from "../course/start-current.ts";
import { paragraph } from "../course/start-paragraph.ts";
import { UserError } from "../course/user-error.ts";
import { width } from "../text/layout.ts";
import { paintFor } from "../text/paint.ts";

export const hint: Command = {
  usage: "hint [label] [--test <number|title>] [--level N]",
  summary:
    "Open the next hint for the first test that failed: a pointer, then nearly the code. The first, a question, is in the failure's text",
  options: {
    test: { type: "string", value: "X", description: "for this test, by its number or words of its title" },
    level: { type: "string", value: "N", description: "this level, and not the next" },
  },
  async run({ positionals: [typed], values, course }, out) {
    const label = typedOrCurrent(course, typed);
    const exercise = course.exercise(label);
    const entry = readProgress(course.root).exercises.get(label);
    const { title, notes, isShown = false } = testToHelp(exercise, entry, values["test"]);
    const level = readLevel(exercise, title, values) ?? (isShown ? 2 : undefined);
    for (const note of notes) out.write(`${paragraph(note)}\n`);
    if (title === undefined) return 0;
    const opened = openHint(course.root, exercise, title, level);
    if (opened === undefined) out.write(allOpen(course, label, title));
    else {
      if (opened.note !== undefined) out.write(`${paragraph(opened.note)}\n`);
      out.write(`${paintFor(out)("bold", `${label}: ${title}`)}\n`);
      out.write(`Hint ${opened.level} of ${opened.levels}\n\n`);
      out.write(
        `${hintLines(opened.text, width - 2)
          .map((line) => (line === "" ? "" : `  ${line}`))
          .join("\n")}\n\n`,
      );
      out.write(
        opened.level < opened.levels
          ? `The next one says more: pnpm workshop hint ${again(exercise, values, opened)}\n`
          : allOpen(course, label, title),
      );
    }
    return 0;
  },
};

/** What is typed for the next level: as it was this time, and by its number where it has been open before. */
function again(
  { label, hints }: Exercise,
  values: Call["values"],
  { title, level }: { title: string; level: number },
): string {
  const test = hints.findIndex((hint) => hint.title === title) + 1;
  return [
    label.slice(0, 2),
    ...(values["test"] === undefined ? [] : [`--test ${test}`]),
    ...(values["level"] === undefined ? [] : [`--level ${level + 1}`]),
  ].join(" ");
}

/**
 * The test that was named, else the first that failed last, else the first; what is to be said of that; and whether the text
 * of its failure has shown the first level, so that the second is the next.
 */
function testToHelp(
  exercise: Exercise,
  entry: Entry | undefined,
  named: string | boolean | undefined,
): { title: string | undefined; notes: string[]; isShown?: boolean } {
  const titles = exercise.hints.map(({ title }) => title);
  if (typeof named === "string") return { title: findTest(titles, named), notes: [] };
  const { label } = exercise;
  const number = label.slice(0, 2);
  const graded = entry?.graded;
  if (graded === undefined)
    return {
      title: titles[0],
      notes: [
        `No verdict on your ${label} yet: this is the first test's. \`pnpm test ${number}\` says which fails.`,
      ],
    };
  const isStale = graded.answer !== digestOf(exercise);
  const since = isStale
    ? [
        `Your answer has changed since its last verdict, and this goes by that one. \`pnpm test ${number}\` says what fails now.`,
      ]
    : [];
  const failing = exercise.hints.find(({ title }) => graded.failing.includes(title));
  if (failing !== undefined) {
    const { title, levels } = failing;
    return { title, notes: since, isShown: levels.length > 1 && !entry?.hints.has(title) };
  }
  return {
    title: undefined,
    notes: [
      `Every test of ${label} passed${isStale ? ", before you changed it" : ""}: none needs a hint. For one all the same: pnpm workshop hint ${number} --test 1`,
    ],
  };
}

function findTest(titles: string[], named: string): string {
  const wanted = named.toLowerCase();
  const byNumber = /^\d+$/.test(named) ? titles[Number(named) - 1] : undefined;
  const like = titles.filter((title) => title.toLowerCase().includes(wanted));
  const found = byNumber ?? titles.find((title) => title.toLowerCase() === wanted) ?? like[0];
  if (found !== undefined && (byNumber !== undefined || like.length === 1 || found.toLowerCase() === wanted))
    return found;
  const listed = titles.map((title, index) => `  ${String(index + 1).padStart(2)} ${title}`).join("\n");
  throw new UserError(
    `Expected one test, by number or title, got "${named}"${like.length > 1 ? ", which fits several" : ""}. There are:\n${listed}`,
  );
}

function readLevel(
  { hints }: Exercise,
  title: string | undefined,
  values: Call["values"],
): number | undefined {
  const typed = values["level"];
  if (typeof typed !== "string") return undefined;
  const most = hints.find((hint) => hint.title === title)?.levels.length ?? 3;
  const level = Number(typed);
  if (/^\d+$/.test(typed) && level >= 1 && level <= most) return level;
  throw new UserError(`Expected --level with a whole number from 1 to ${most}, got "${typed}"`);
}

function allOpen(course: Course, label: string, title: string): string {
  const number = label.slice(0, 2);
  const at = course.exercise(label).hints.findIndex((hint) => hint.title === title) + 1;
  const text =
    `That was the last hint for this test; pnpm workshop hint ${number} --test ${at} --level 1 shows the first again. ` +
    `From here: the lesson, ` +
    `exercises/${label}/README.md, once more from the top; or the solution, which counts as given up: ` +
    `pnpm workshop solution ${number} --give-up`;
  return paragraph(text);
}
