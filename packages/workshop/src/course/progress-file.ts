import {
  closeSync,
  lstatSync,
  openSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import { UserError } from "./user-error.ts";

/** In the project's root. */
const progressFile = "progress.txt";

/** The file could not be written: who can do without says so, and goes on. */
export class NotWritten extends UserError {}

/** A lock this old, in milliseconds, belongs to nobody any more: what it guards takes a few. */
const stale = 2000;
/** Nobody waits longer than this, in milliseconds. */
const longestWait = 6000;
/** Between two looks at somebody's lock, in milliseconds. */
const pause = 5;

/** What could not be written, by the path: true for this process, for as long as the file is as it was then. */
const unwritten = new Map<string, { over: string; text: string }>();

/**
 * The text of the file, nothing where there is none.
 *
 * @throws {UserError} when it cannot be read, or has both sides of a merge in it
 */
export function readProgressFile(root: string): string {
  const path = join(root, progressFile);
  const text = readText(path);
  const { over, text: better } = unwritten.get(path) ?? {};
  return better !== undefined && over === text ? better : withoutConflict(text);
}

/**
 * Reads the file, has its text changed, and writes it whole: whoever is interrupted has the old one or the new one, and of two
 * who write at once neither loses anything. `change` is called again when somebody else, such as git, wrote meanwhile.
 *
 * @throws {NotWritten} when it cannot be written: then this process alone remembers it
 * @throws {UserError} as {@link readProgressFile} does
 */
export function changeProgressFile(root: string, change: (text: string) => string): void {
  const path = join(root, progressFile);
  try {
    const real = behindLinks(path);
    using _lock = takeLock(`${real}.lock`);
    for (;;) {
      const text = readText(real);
      if (replaceText(real, text, change(readProgressFile(root)))) break;
    }
    unwritten.delete(path);
  } catch (error) {
    if (error instanceof NotWritten)
      unwritten.set(path, { over: readText(path), text: change(readProgressFile(root)) });
    throw error;
  }
}

function withoutConflict(text: string): string {
  const marker = text.split("\n").findIndex((line) => /^(<{7}|>{7})( |\r?$)/.test(line)) + 1;
  if (marker === 0) return text;
  throw new UserError(
    `${progressFile} has both sides of a merge in it, from line ${marker} on. Nothing is lost, and nothing is written\n` +
      `until it is resolved: delete the lines that begin with <<<<<<<, ======= and >>>>>>>, no others. What stands\n` +
      `there twice is put together then.`,
  );
}

/** @returns whether the old text stood there until then */
function replaceText(path: string, old: string, text: string): boolean {
  const written = `${path}.${process.pid}`;
  try {
    writeFileSync(written, text);
    if (readText(path) !== old) return false;
    renameSync(written, path);
    return true;
  } catch (error) {
    throw notWritten(error);
  } finally {
    rmSync(written, { force: true });
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return "";
    throw new UserError(
      code === "EISDIR"
        ? `Expected ${progressFile} to be a file, got a folder. Move it away, and a new file is made in its place.`
        : `${progressFile} cannot be read: ${message}`,
    );
  }
}

/** What a link leads to, be it there or not: some keep the file in a folder that is synced. */
function behindLinks(path: string, depth = 0): string {
  const isLink = lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
  // So many as the kernel follows.
  return isLink && depth < 40 ? behindLinks(resolve(dirname(path), readlinkSync(path)), depth + 1) : path;
}

/** A file that only one can create; waited for, and taken from one who died with it. */
function takeLock(lock: string): Disposable {
  for (const started = performance.now(); ;) {
    try {
      closeSync(openSync(lock, "wx"));
      return { [Symbol.dispose]: () => rmSync(lock, { recursive: true, force: true }) };
    } catch (error) {
      const isHeld = (error as NodeJS.ErrnoException).code === "EEXIST";
      if (!isHeld || performance.now() - started > longestWait) throw notWritten(error);
    }
    if (!breakStale(lock)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pause);
  }
}

/** @returns whether it was taken away. Two who do this at once must not take a third one's new lock. */
function breakStale(lock: string): boolean {
  const seen = statSync(lock, { throwIfNoEntry: false });
  if (seen === undefined) return true;
  if (Math.abs(Date.now() - seen.mtimeMs) < stale) return false;
  const aside = `${lock}.${process.pid}`;
  try {
    renameSync(lock, aside);
    const isThatOne = statSync(aside).ino === seen.ino;
    if (!isThatOne) renameSync(aside, lock);
    return isThatOne;
  } catch {
    return false;
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
}

function notWritten(error: unknown): NotWritten {
  return error instanceof NotWritten
    ? error
    : new NotWritten(`${progressFile} cannot be written: ${(error as Error).message}`);
}
