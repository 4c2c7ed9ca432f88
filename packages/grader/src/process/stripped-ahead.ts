import {
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createRequire, stripTypeScriptTypes } from "node:module";
import { dirname, join, sep } from "node:path";
import { cacheFolder } from "./cache-folder.ts";
import { headOfEntry, nameOf, nameOfEntry } from "../host/stripped-code.ts";

/**
 * Where code without its types is kept, for the answers' processes to read; they may not write there. What all answers may
 * read is in one folder; what is an answer's own is in another, for nobody else to read: a solution is an answer, too.
 */
export function strippedFolders(path: string): { shared: string; own: string } {
  const cache = join(cacheFolder(), "stripped");
  return { shared: join(cache, "packages"), own: join(cache, "answers", nameOf(dirname(path))) };
}

/**
 * What of them an answer may read that may import these files of the packages: its own code, and theirs. What other exercises' answers have
 * had stripped may be what this one's is to write.
 */
export function strippedFor(path: string, imports: string[]): string[] {
  const { shared, own } = strippedFolders(path);
  return [own, ...imports.map((file) => join(shared, nameOfEntry(file)))];
}

/** The most files, or answers, that are kept; past it, those that were not made anew for the longest time go, half of them. */
const mostEntries = 1000;

/** The most files of one answer that are looked at, and characters of one that is kept. */
const most = { files: 200, length: 500_000 };

interface Known {
  /** Of the file that this is known of. */
  state: string;
  /** Absolute paths of the TypeScript files that it imports. */
  imports: string[];
}

const known = new Map<string, Known>();
const tidied = new Set<string>();

/**
 * Strips the file at `path` and the TypeScript files that it imports, for answers' processes that start from now on. What
 * Node's stripper refuses is left out: the answer's process says what is wrong with it, as if nobody had been here.
 *
 * The answer will read what is kept, and it is the answer that names the files, to somebody who may read more than it may. So nothing is
 * looked at but what lies in its own folder, and `others`.
 *
 * @param others absolute paths of the packages' files that it may import
 */
export function stripAhead(path: string, others: string[] = []): void {
  try {
    const seen = new Set<string>();
    const folders = strippedFolders(path);
    const start = realpathSync(path);
    const own = dirname(start) + sep;
    for (const waiting = [start]; waiting.length > 0 && seen.size < most.files;) {
      const next = waiting.pop() ?? "";
      if (seen.has(next)) continue;
      seen.add(next);
      if (others.includes(next)) waiting.push(...importsOf(next, folders.shared));
      else if (next.startsWith(own)) waiting.push(...importsOf(next, folders.own));
    }
  } catch {
    // Nothing can be kept here: Node strips in the answer's process.
  }
}

function importsOf(path: string, folder: string): string[] {
  if (!path.endsWith(".ts")) return [];
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat?.isFile() !== true || stat.size > most.length) return [];
  const state = `${stat.mtimeMs} ${stat.ctimeMs} ${stat.size} ${stat.ino}`;
  const entry = join(folder, nameOfEntry(path));
  const before = known.get(entry);
  if (before?.state === state) return before.imports;
  const source = readFileSync(path, "utf8");
  const code = strippedCode(entry, source);
  const imports = code === undefined ? [] : specifiersIn(code).flatMap((name) => found(name, path));
  known.set(entry, { state, imports });
  return imports;
}

function strippedCode(entry: string, source: string): string | undefined {
  const head = headOfEntry(source);
  const kept = readIfThere(entry);
  if (kept?.startsWith(head) === true) return kept.slice(head.length);
  let code: string;
  try {
    code = stripTypeScriptTypes(source);
  } catch {
    return undefined;
  }
  tidy(dirname(entry));
  // Whole or not at all: another process may be reading.
  writeFileSync(`${entry}.${process.pid}`, head + code);
  renameSync(`${entry}.${process.pid}`, entry);
  return code;
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

/** A string that only looks like one costs a look in vain. */
function specifiersIn(code: string): string[] {
  return [...code.matchAll(/\b(?:from|import)\s*\(?\s*["']([^"'\n]+)["']/g)].map(([, name = ""]) => name);
}

function found(name: string, from: string): string[] {
  if (name.startsWith("node:")) return [];
  try {
    return [realpathSync(createRequire(from).resolve(name))];
  } catch {
    return [];
  }
}

function tidy(folder: string): void {
  if (tidied.has(folder)) return;
  tidied.add(folder);
  mkdirSync(folder, { recursive: true });
  for (const kept of [folder, dirname(folder)]) {
    const names = readdirSync(kept);
    if (names.length < mostEntries) continue;
    const ages = names.map((name) => {
      const path = join(kept, name);
      return { path, at: statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0 };
    });
    for (const { path } of ages.toSorted((a, b) => a.at - b.at).slice(0, names.length / 2))
      rmSync(path, { recursive: true, force: true });
  }
}
