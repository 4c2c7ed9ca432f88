import { createHash, type Hash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join, relative, sep } from "node:path";
import type { Course } from "../../course/course.ts";

/** The suites' hashes, by what they stand on together read once. */
export class SuiteHashes {
  readonly #course: Course;
  #shared: string | undefined;

  constructor(course: Course) {
    this.#course = course;
  }

  /**
   * SHA-256, hexadecimal, over all of the course that could change a mark: the suite, its stage and hints.md, the sources of
   * the packages, and the versions of everything installed.
   */
  of(label: string): string {
    const { folder, suite } = this.#course.exercise(label);
    const hash = createHash("sha256").update((this.#shared ??= this.#hashShared()));
    for (const path of [suite, join(folder, "hints.md"), ...filesUnder(join(folder, "stage"))])
      addFile(hash, folder, path);
    return hash.digest("hex");
  }

  #hashShared(): string {
    const { root } = this.#course;
    const hash = createHash("sha256");
    for (const name of namesIn(join(root, "packages")))
      if (!presents.has(name))
        for (const path of filesUnder(join(root, "packages", name, "src"))) addFile(hash, root, path);
    for (const file of ["pnpm-lock.yaml", "exercises/package.json"]) addFile(hash, root, join(root, file));
    return hash.digest("hex");
  }
}

/** Packages that only show marks. */
const presents = new Set(["report"]);

/** With its name and length before it: no two sets of files give the same bytes. */
function addFile(hash: Hash, from: string, path: string): void {
  if (!existsSync(path)) return;
  const bytes = readFileSync(path);
  hash.update(`${relative(from, path).split(sep).join("/")}\0${bytes.length}\0`).update(bytes);
}

/** All files that are no tests, sorted. */
function filesUnder(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith(".test.ts") && !entry.name.startsWith("."))
    .map(({ parentPath, name }) => join(parentPath, name))
    .filter((path) => !relative(folder, path).split(sep).slice(0, -1).some(isForTests))
    .toSorted();
}

function isForTests(name: string): boolean {
  return ["testing", "node_modules"].includes(basename(name));
}

function namesIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder).toSorted() : [];
}
