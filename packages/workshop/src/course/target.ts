import { existsSync } from "node:fs";
import { isAbsolute, join, relative, resolve } from "node:path";
import { stubName, type Course } from "./course.ts";
import { nearestOf } from "../text/nearest.ts";
import { UserError } from "./user-error.ts";

/** What is to be graded: an exercise's suite against the answer in a folder. */
export interface Target {
  /** The exercise's label. */
  label: string;
  /** The answer's folder, absolute. */
  folder: string;
  /** As it is shown: `exercises/04-framing`. */
  name: string;
}

const shelves = ["exercises", "solutions", "mistakes"] as const;
type Shelf = (typeof shelves)[number];

/**
 * Reads what a person typed: `04`, `4`, `framing`, `04-framing`, `exercises/04`, `solutions/04`, `mistakes/04/<name>`,
 * or a path to any file in one of those, from the project's root or from where they are.
 *
 * @throws {UserError} naming the nearest labels when there is no such one
 */
export function findTarget(course: Course, typed: string, from = process.cwd()): Target {
  const parts = partsOf(course, typed, from);
  const shelf: Shelf = isShelf(parts[0]) ? (parts.shift() as Shelf) : "exercises";
  const [label, ...rest] = [findLabel(course, parts[0] ?? "", typed), ...parts.slice(1)];
  if (shelf === "mistakes") {
    const mistake = findMistake(course, label, rest[0], typed);
    return target(course, label, join("mistakes", label, mistake), rest.slice(1), typed);
  }
  return target(course, label, join(shelf, label), rest, typed);
}

function target(course: Course, label: string, name: string, rest: string[], typed: string): Target {
  const folder = join(course.root, name);
  if (rest.length > 0 && !existsSync(join(folder, ...rest))) {
    throw new UserError(`Expected a file of ${name} in "${typed}", but ${rest.join("/")} is not there`);
  }
  return { label, folder, name: name.replaceAll("\\", "/") };
}

/** The parts from the project's root down, whichever way it was typed. */
function partsOf(course: Course, typed: string, from: string): string[] {
  const path = typed.replaceAll("\\", "/").replace(/\/+$/, "");
  if (path === "") throw new UserError('Expected the label of an exercise, such as 04 or framing, got ""');
  const looksRelative = /(^|\/)\.\.?(\/|$)/.test(path) || isAbsolute(path) || existsSync(resolve(from, path));
  const fromRoot = looksRelative ? relative(course.root, resolve(from, path)).replaceAll("\\", "/") : path;
  const parts = fromRoot.split("/").filter((part) => part !== "" && part !== ".");
  if (parts[0] === ".." || isAbsolute(fromRoot)) {
    throw new UserError(
      `Expected a label or a path inside the project, got "${typed}", which leads out of it`,
    );
  }
  return parts;
}

function findLabel(course: Course, part: string, typed: string): string {
  const wanted = part.toLowerCase();
  const number = /^\d{1,2}$/.test(wanted) ? wanted.padStart(2, "0") : undefined;
  const found = course.labels.find(
    (label) =>
      label === wanted ||
      label.slice(3) === wanted ||
      (number !== undefined && label.startsWith(`${number}-`)),
  );
  if (found !== undefined) return found;
  // No number is like another one.
  const near = /^\d+$/.test(wanted)
    ? ""
    : nearest(wanted.replace(/^\d+-/, ""), course.labels, (label) => label.slice(3));
  throw new UserError(`There is no exercise "${typed}". ${near}All: pnpm workshop list`);
}

function findMistake(course: Course, label: string, part: string | undefined, typed: string): string {
  const names = [...course.mistakes(label), stubName];
  if (part !== undefined && names.includes(part)) return part;
  throw new UserError(
    part === undefined
      ? `Expected mistakes/${label}/<name>, got "${typed}". There are: ${names.join(", ")}`
      : `Expected mistakes/${label}/<name>, got "${typed}". ${nearest(part, names) || `There are: ${names.join(", ")}`}`.trim(),
  );
}

/** `The nearest: 04-framing. `, best first, three at the most; nothing where none is near. */
function nearest(wanted: string, names: string[], spelling = (name: string): string => name): string {
  const near = nearestOf(wanted, names, spelling);
  return near.length === 0 ? "" : `The nearest: ${near.join(", ")}. `;
}

function isShelf(part: string | undefined): part is Shelf {
  return shelves.some((shelf) => shelf === part);
}
