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
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { headOfEntry, nameOfEntry } from "../host/stripped-code.ts";

/** Where code without its types is kept, for the answers' processes to read; they may not write there. */
export const strippedFolder = join(dirname(fileURLToPath(import.meta.url)), "../../.cache/stripped");

/** The most files that are kept; past it, those that were not made anew for the longest time go, half of them. */
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
let isTidied = false;

/**
 * Strips the file at `path` and the TypeScript files that it imports, for answers' processes that start from now on. What
 * Node's stripper refuses is left out: the answer's process says what is wrong with it, as if nobody had been here.
 */
export function stripAhead(path: string): void {
  try {
    const seen = new Set<string>();
    for (const waiting = [realpathSync(path)]; waiting.length > 0 && seen.size < most.files;) {
      const next = waiting.pop() ?? "";
      if (seen.has(next)) continue;
      seen.add(next);
      waiting.push(...importsOf(next));
    }
  } catch {
    // Nothing can be kept here: Node strips in the answer's process.
  }
}

function importsOf(path: string): string[] {
  if (!path.endsWith(".ts")) return [];
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat?.isFile() !== true || stat.size > most.length) return [];
  const state = `${stat.mtimeMs} ${stat.ctimeMs} ${stat.size} ${stat.ino}`;
  const before = known.get(path);
  if (before?.state === state) return before.imports;
  const source = readFileSync(path, "utf8");
  const code = strippedCode(path, source);
  const imports = code === undefined ? [] : specifiersIn(code).flatMap((name) => found(name, path));
  known.set(path, { state, imports });
  return imports;
}

function strippedCode(path: string, source: string): string | undefined {
  const entry = join(strippedFolder, nameOfEntry(path));
  const head = headOfEntry(source);
  const kept = readIfThere(entry);
  if (kept?.startsWith(head) === true) return kept.slice(head.length);
  let code: string;
  try {
    code = stripTypeScriptTypes(source);
  } catch {
    return undefined;
  }
  tidy();
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
    return [createRequire(from).resolve(name)];
  } catch {
    return [];
  }
}

function tidy(): void {
  if (isTidied) return;
  isTidied = true;
  mkdirSync(strippedFolder, { recursive: true });
  const names = readdirSync(strippedFolder);
  if (names.length < mostEntries) return;
  const ages = names.map((name) => {
    const file = join(strippedFolder, name);
    return { file, at: statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0 };
  });
  for (const { file } of ages.toSorted((a, b) => a.at - b.at).slice(0, names.length / 2))
    rmSync(file, { force: true });
}
