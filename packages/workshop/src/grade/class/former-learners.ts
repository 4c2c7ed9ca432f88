import { existsSync, lstatSync, readdirSync, rmdirSync, unlinkSync } from "node:fs";
import { join, relative } from "node:path";
import { isLearnersFile } from "./formats.ts";
import { findReports } from "./read-report.ts";

/**
 * Removes the pages of learners who are no more in the class, for each of these folders may be handed out. Only files that are a
 * report's are removed, of a learner of whom an earlier run has left results or pages; whatever else is there stays.
 *
 * @param ids of those who are in the run; to be called before their pages are written
 * @returns what is to be said of it, in sentences
 */
export function removeFormerLearners(folder: string, ids: string[]): string[] {
  const learners = join(folder, "learners");
  const current = new Set(ids);
  const others = foldersIn(learners).filter((id) => !current.has(id));
  if (others.length === 0) return [];
  const known = knownBefore(folder);
  const removed = others.filter((id) => known.has(id) && isEmptied(join(learners, id)));
  const kept = others.filter((id) => !removed.includes(id));
  return [
    ...(removed.length > 0
      ? [`Not in this run, but in an earlier one: ${named(removed)}. Removed from learners/.`]
      : []),
    ...(kept.length > 0
      ? [`learners/ also holds what no run wrote, of who is not in this one: ${named(kept)}. It stays.`]
      : []),
  ];
}

/** Of whom an earlier run has left results, or its report tells. */
function knownBefore(folder: string): Set<string> {
  const known = new Set(foldersIn(join(folder, "results")));
  try {
    for (const { report } of findReports([folder])) for (const { id } of report.submissions) known.add(id);
  } catch {
    // None was written, or somebody has edited it.
  }
  return known;
}

/** Removes of it what a report wrote. Whether nothing is left then. */
function isEmptied(path: string): boolean {
  const files = readdirSync(path, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  for (const { parentPath, name } of files) {
    const file = join(parentPath, name);
    if (isLearnersFile(relative(path, file))) unlinkSync(file);
  }
  for (const child of foldersIn(path)) removeIfEmpty(join(path, child));
  return removeIfEmpty(path);
}

function removeIfEmpty(path: string): boolean {
  const isEmpty = readdirSync(path).length === 0;
  if (isEmpty) rmdirSync(path);
  return isEmpty;
}

/** No links: these lead to somebody else's. */
function foldersIn(path: string): string[] {
  if (!existsSync(path)) return [];
  return readdirSync(path).filter((name) => lstatSync(join(path, name)).isDirectory());
}

const mostNamed = 5;

function named(ids: string[]): string {
  const more = ids.length - mostNamed;
  return ids.slice(0, mostNamed).join(", ") + (more > 0 ? ` and ${more} more` : "");
}
