import { opendirSync, type Dirent } from "node:fs";
import { join } from "node:path";
import type { Exercise } from "@tcpip-workshop/grader/early";
import { archiveKind, otherArchive } from "./archive-kind.ts";
import type { Layout } from "./layout.ts";
import { defaultLimits } from "./limits.ts";
import { classAroundNotice } from "./notices.ts";

/** Whether the folder is one submission. */
export function holdsAnswer(path: string, layout: Layout): boolean {
  return entriesIn(path).some(({ name }) => {
    if (layout.find(name) !== undefined) return true;
    if (name !== "exercises") return layout.leadsTo(name);
    return entriesIn(join(path, name)).some((entry) => layout.leadsTo(`exercises/${entry.name}`));
  });
}

/** Whether it is an exercise's own folder, by its name and an answer's file in it. */
export function isExercise(path: string, name: string, layout: Layout, exercises: Exercise[]): boolean {
  if (!exercises.some(({ label }) => label === name)) return false;
  return entriesIn(path).some((entry) => layout.find(`${name}/${entry.name}`) !== undefined);
}

/** What to say of a folder that is one submission by a file that lies in it, and looks like a class: an instructor's own try in it. */
export function classAround(path: string, arg: string, layout: Layout): string | undefined {
  const entries = entriesIn(path);
  const own = entries.find((entry) => entry.isFile() && layout.find(entry.name) !== undefined);
  if (own === undefined) return undefined;
  const archives = entries.filter((entry) => entry.isFile() && isArchive(entry.name)).length;
  const folders = entries.filter(
    (entry) => entry.isDirectory() && isLearners(join(path, entry.name), layout),
  );
  if (archives + folders.length === 0) return undefined;
  return classAroundNotice(arg, own.name, folders.length, archives);
}

function isLearners(path: string, layout: Layout): boolean {
  return (
    holdsAnswer(path, layout) || entriesIn(path).some((entry) => entry.isFile() && isArchive(entry.name))
  );
}

export function isArchive(name: string): boolean {
  return archiveKind(name) !== undefined || otherArchive.test(name);
}

/** Without what no learner hands in: hidden files, and what tools make. Sorted. At most so many, of a stranger's folder. */
export function entriesIn(path: string): Dirent[] {
  const entries: Dirent[] = [];
  try {
    using folder = opendirSync(path);
    for (
      let entry = folder.readSync();
      entry !== null && entries.length <= defaultLimits.entries;
      entry = folder.readSync()
    )
      if (!/^(?:node_modules|__MACOSX|\..*)$/.test(entry.name)) entries.push(entry);
  } catch {
    return [];
  }
  return entries.toSorted((a, b) => compare(a.name, b.name));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
