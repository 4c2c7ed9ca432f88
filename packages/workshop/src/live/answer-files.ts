import { readdirSync, type Dirent } from "node:fs";
import { join } from "node:path";

/** Of a folder with more than this not all is watched: no answer to an exercise. */
const most = { depth: 4, files: 200 };

/**
 * The absolute paths of what an answer in this folder may be made of, as it lies there now: its files, helpers, modules in folders
 * below. Nothing where there is no folder.
 */
export function answerFiles(folder: string): string[] {
  return filesBelow(folder, most.depth).slice(0, most.files);
}

/** Everything that lies in the folder itself. */
export function allFiles(folder: string): string[] {
  return entriesOf(folder).map(({ name }) => join(folder, name));
}

function filesBelow(folder: string, depth: number): string[] {
  if (depth === 0) return [];
  return entriesOf(folder).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === "node_modules" ? [] : filesBelow(path, depth - 1);
    return isCode(entry.name) ? [path] : [];
  });
}

/** Tests are the suite, or the learner's own: no answer changes with them. */
function isCode(name: string): boolean {
  return /\.(?:[cm]?[jt]s|json)$/.test(name) && !name.endsWith(".test.ts");
}

/** Without those that begin with a dot, which are editors' and systems'. */
function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter(({ name }) => !name.startsWith("."))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  } catch {
    return [];
  }
}
