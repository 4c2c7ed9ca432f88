import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Course } from "./course.ts";
import { findTarget } from "./target.ts";
import { UserError } from "./user-error.ts";

/** An ordered part of the course: `tracks/<name>.txt`. */
export interface Track {
  name: string;
  /** Whom it is for, or what: the file's first comment. */
  title: string;
  /** The labels of its exercises, in the order they are to be done. */
  labels: string[];
}

const folder = "tracks";
/** A name stands in one line of progress.txt, and is typed. */
const nameForm = /^[a-z0-9][a-z0-9-]*$/;

/** In the order of their names. */
export function trackNames({ root }: Course): string[] {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder))
    .filter((file) => file.endsWith(".txt"))
    .map((file) => file.slice(0, -".txt".length))
    .toSorted();
}

/** @throws {UserError} when there is no such track, or the file, with its line, is not one */
export function readTrack(course: Course, name: string): Track {
  const names = trackNames(course);
  if (!names.includes(name))
    throw new UserError(
      `There is no track "${name}". ${names.length === 0 ? `${folder}/ has none` : `There are: ${names.join(", ")}`}.`,
    );
  const file = `${folder}/${name}.txt`;
  if (!nameForm.test(name))
    throw new UserError(`Expected a name of small letters, digits and hyphens, got "${file}"`);
  const lines = readFileSync(join(course.root, file), "utf8").split(/\r?\n/);
  const labels: string[] = [];
  for (const [index, line] of lines.entries()) {
    const typed = line.replace(/#.*/, "").trim();
    if (typed === "") continue;
    const label = labelOn(course, typed, `${file}, line ${index + 1}`);
    if (labels.includes(label))
      throw new UserError(`${file}, line ${index + 1}: expected each exercise once, got ${label} again`);
    labels.push(label);
  }
  if (labels.length === 0) throw new UserError(`${file}: expected an exercise a line, got none`);
  return { name, title: /^#\s*(.+)$/m.exec(lines[0] ?? "")?.[1]?.trim() ?? "", labels };
}

function labelOn(course: Course, typed: string, place: string): string {
  if (/[\s,]/.test(typed))
    throw new UserError(
      `${place}: expected one exercise a line, got "${typed}". What the track is for stands behind a #`,
    );
  try {
    return findTarget(course, typed, course.root).label;
  } catch (error) {
    throw error instanceof UserError ? new UserError(`${place}: ${error.message}`) : error;
  }
}
