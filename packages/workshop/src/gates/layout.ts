import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Exercise } from "@tcpip-workshop/grader";
import { sameFiles } from "../course/answer-context.ts";
import { stubName, type Course } from "../course/course.ts";

const fewestMistakes = 5;
const hintLevels = 3;
/**
 * No part of an answer: what the suite stages (its peers, its looks at the kernel), and scripts that a lesson has its reader
 * run, for facts that need a network of one's own.
 */
const besideTheSuite = ["stage", "lab"];
/** Shorter lines (a bracket, a `return`) may well stand in a hint too. */
const tellingLine = 24;

/** Whether the three shelves agree, the hints help without giving it away, and the lesson has what a lesson needs. */
export function brokenLayout(
  course: Course,
  exercise: Exercise,
  pristine: boolean,
): { broken: string[]; note?: string } {
  const { label } = exercise;
  const stub = join(course.root, "mistakes", label, stubName);
  const untouched = sameFiles(exercise, exercise.folder, stub);
  const broken = [
    ...brokenShelves(course, exercise),
    ...brokenHints(course, exercise),
    ...brokenLesson(exercise),
    ...unlistedTask(course, label),
  ];
  if (untouched) return { broken };
  if (pristine)
    broken.push(
      `exercises/${label} differs from mistakes/${label}/${stubName}, which keeps the untouched stub`,
    );
  return { broken, note: "your answer is not part of this proof" };
}

function brokenShelves(course: Course, exercise: Exercise): string[] {
  const { label, files } = exercise;
  const names = course.mistakes(label);
  const folders = [
    {
      name: `exercises/${label}`,
      allowed: ["README.md", "hints.md", exercise.suite.split("/").at(-1) ?? "", ...files],
      optional: besideTheSuite,
    },
    { name: `solutions/${label}`, allowed: files, optional: [] },
    ...[stubName, ...names].map((name) => ({
      name: `mistakes/${label}/${name}`,
      allowed: [...files, "failure.txt"],
      optional: [],
    })),
  ];
  const broken = folders.flatMap(({ name, allowed, optional }) =>
    strayFiles(join(course.root, name), name, allowed, optional),
  );
  if (names.length < fewestMistakes)
    broken.push(`expected at least ${fewestMistakes} mistakes, got ${names.length}`);
  return broken;
}

function strayFiles(folder: string, name: string, allowed: string[], optional: string[]): string[] {
  if (!existsSync(folder)) return [`expected the folder ${name}`];
  const present = readdirSync(folder).filter((file) => !file.startsWith("."));
  return [
    ...present
      .filter((file) => !allowed.includes(file) && !optional.includes(file))
      .map((file) => `${name}/${file} does not belong there`),
    ...allowed.filter((file) => !present.includes(file)).map((file) => `expected ${name}/${file}`),
  ];
}

function brokenHints(course: Course, { label, files, hints }: Exercise): string[] {
  const solution = files.flatMap((file) =>
    readFileSync(join(course.root, "solutions", label, file), "utf8").split("\n"),
  );
  const stub = files.flatMap((file) =>
    readFileSync(join(course.root, "mistakes", label, stubName, file), "utf8").split("\n"),
  );
  const own = solution
    .map((line) => line.trim())
    .filter((line) => line.length >= tellingLine && !line.startsWith("//") && !line.startsWith("*"));
  const secret = own.filter((line) => !stub.some((given) => given.trim() === line));
  return hints.flatMap(({ title, levels }) => {
    const given = secret.find((line) => levels.some((level) => level.includes(line)));
    return [
      ...(levels.length < hintLevels
        ? [`expected ${hintLevels} levels of hints for "${title}", got ${levels.length}`]
        : []),
      ...(given === undefined ? [] : [`the hints for "${title}" hold a line of the solution: ${given}`]),
    ];
  });
}

function brokenLesson({ label, folder }: Exercise): string[] {
  const path = join(folder, "README.md");
  if (!existsSync(path)) return [`expected the lesson exercises/${label}/README.md`];
  const lesson = readFileSync(path, "utf8");
  const needs: [RegExp, string][] = [
    [/^```(?:text)?\n[\s\S]+?^```/m, "a picture of the wire (a fenced block of text)"],
    [/rfc-editor\.org|RFC \d{3,4}/, "a source (an RFC, with its section)"],
    [/^## Done when/m, 'a heading "Done when"'],
    [/^## What the tests send/m, 'a heading "What the tests send"'],
  ];
  return needs
    .filter(([pattern]) => !pattern.test(lesson))
    .map(([, what]) => `expected the lesson to have ${what}`);
}

/** turbo re-proves an exercise when it changes only if it knows of it. */
function unlistedTask(course: Course, label: string): string[] {
  const listed = ["turbo.json", "package.json"].every((file) =>
    readFileSync(join(course.root, file), "utf8").includes(`prove:${label}`),
  );
  return listed ? [] : [`expected a task "prove:${label}" in turbo.json and package.json`];
}
