import { chmodSync, lstatSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { utimes } from "node:fs/promises";
import { join } from "node:path";
import type { Course } from "../../course/course.ts";
import { writeWhole } from "./atomic-file.ts";
import type { Judged } from "./exercise-result.ts";
import { readKept } from "./kept-result.ts";

/** Bytes that are kept between runs; some 10,000 results. */
const usualLimit = 128 * 1024 * 1024;

/**
 * Verdicts of earlier runs, by the key of what was graded: the same bytes need no second grading. Nobody but its owner can read
 * or write there. Errors are never kept.
 */
export class ResultCache {
  readonly #folder: string;
  readonly #limit: number;
  #isBroken = false;

  /** @param limit bytes; the results that were used longest ago are the first to go */
  constructor({ root }: Pick<Course, "root">, limit = usualLimit) {
    this.#folder = join(root, "node_modules/.cache/tcpip-workshop/grades");
    this.#limit = limit;
    this.#open();
  }

  async read(key: string): Promise<Judged | undefined> {
    if (this.#isBroken) return undefined;
    const judged = await readKept(this.#path(key), key);
    // What is used stays.
    if (judged !== undefined) await utimes(this.#path(key), new Date(), new Date()).catch(() => {});
    return judged;
  }

  /** A cache that cannot be written keeps nothing: no mark is lost by it. */
  async write(key: string, judged: Judged): Promise<void> {
    if (this.#isBroken || !["pass", "fail"].includes(judged.status)) return;
    try {
      await writeWhole(this.#path(key), `${JSON.stringify({ ...judged, key })}\n`, 0o600);
    } catch {
      this.#isBroken = true;
    }
  }

  /** Removes what is over the limit, and what a killed run has left unfinished. */
  prune(): void {
    if (this.#isBroken) return;
    const files = readdirSync(this.#folder)
      .map((name) => ({ path: join(this.#folder, name), name }))
      .flatMap(({ path, name }) => {
        const stat = lstatSync(path, { throwIfNoEntry: false });
        return stat?.isFile() === true ? [{ path, name, size: stat.size, used: stat.mtimeMs }] : [];
      })
      .toSorted((a, b) => b.used - a.used);
    let size = 0;
    for (const file of files) {
      const isOurs = /^[0-9a-f]{64}\.json$/.test(file.name);
      if (isOurs) size += file.size;
      // An unfinished one of this hour may be of a run beside this one.
      if (isOurs ? size > this.#limit : Date.now() - file.used > 3_600_000)
        rmSync(file.path, { force: true });
    }
  }

  #open(): void {
    try {
      mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
      const stat = lstatSync(this.#folder);
      // Somebody else could put marks into it.
      const isOurs = stat.isDirectory() && (process.getuid === undefined || stat.uid === process.getuid());
      if (isOurs) chmodSync(this.#folder, 0o700);
      this.#isBroken = !isOurs;
    } catch {
      this.#isBroken = true;
    }
  }

  #path(key: string): string {
    return join(this.#folder, `${key}.json`);
  }
}
