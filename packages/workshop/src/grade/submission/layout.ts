import type { Exercise } from "@tcpip-workshop/grader/early";
import { foldName } from "./names.ts";

/** An answer's file, by where it lies in a submission. */
export interface Place {
  /** Where the exercise's files begin: `""`, `exercises/04-framing/`, `alice-main/04-framing/`. Places of one root go together. */
  rank: number;
  /** The one folder around everything, as GitHub and Moodle make it, or nothing. */
  wrapper: string;
  label: string;
  /** Relative to the exercise's folder. */
  file: string;
  /** The path as it must be written. */
  expected: string;
}

/** A file with the name of an answer's, where it is not taken. */
export interface Stray {
  label: string;
  /** Where it should be, in a sentence for the learner. */
  reason: string;
}

/** No wrapping folder has such a name: the course's own shelves hold right and wrong answers that nobody hands in. */
const noWrappers = new Set(["solutions", "mistakes", "packages", "bench", "docs", "tracks", "__macosx"]);

/**
 * Where files of an answer may lie, best first: as in a clone of the course, as its `exercises/`, or, where one exercise is asked
 * for, as its folder; and each of these in one folder around it.
 */
export class Layout {
  readonly #places = new Map<string, Omit<Place, "wrapper">>();
  readonly #folders = new Set<string>();
  readonly #labels: Set<string>;
  readonly #isOne: boolean;

  /** @param labels of all exercises, asked for or not: none of them is a folder around another */
  constructor(exercises: Exercise[], labels: string[] = exercises.map(({ label }) => label)) {
    this.#labels = new Set(labels.map((label) => foldName(label)));
    this.#isOne = exercises.length === 1;
    for (const { label, files } of exercises) {
      for (const file of files) {
        this.#add(0, `exercises/${label}/${file}`, label, file);
        this.#add(1, `${label}/${file}`, label, file);
        if (this.#isOne) this.#add(2, file, label, file);
      }
    }
  }

  /** The place of a path, also of one that only looks like it: compare with `expected`. */
  find(path: string): Place | undefined {
    const folded = foldName(path);
    const direct = this.#places.get(folded);
    if (direct !== undefined) return { ...direct, wrapper: "" };
    const [wrapper, inner] = this.#unwrap(path);
    const place = inner === undefined ? undefined : this.#places.get(foldName(inner));
    if (place === undefined) return undefined;
    return { ...place, rank: place.rank + 3, wrapper, expected: `${wrapper}/${place.expected}` };
  }

  /** Whether files of an answer may lie below this path. */
  leadsTo(path: string): boolean {
    const [, inner] = this.#unwrap(path);
    return this.#folders.has(foldName(path)) || (inner !== undefined && this.#folders.has(foldName(inner)));
  }

  /** Whether the last part of this path is the name of an answer's file, wherever it lies. */
  namesFile(path: string): boolean {
    const name = foldName(path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1));
    for (const place of this.#places.keys()) if (place === name || place.endsWith(`/${name}`)) return true;
    return false;
  }

  /** What a file would be if it lay in its place. Nothing on the course's own shelves is, of which a whole clone is full. */
  strayAt(path: string): Stray | undefined {
    const parts = path.split(/[/\\]/).map((part) => foldName(part));
    if (parts.some((part) => noWrappers.has(part))) return undefined;
    const name = parts.at(-1) ?? "";
    const place = [...this.#places.values()].find(
      ({ rank, file }) => rank === 0 && foldName(file.slice(file.lastIndexOf("/") + 1)) === name,
    );
    if (place === undefined) return undefined;
    const { label, expected, file } = place;
    const inner = this.#unwrap(path)[1] ?? path;
    const alone =
      this.#isOne || inner !== file ? "" : `. With --exercise ${label.slice(0, 2)} it is taken where it is`;
    return { label, reason: `Expected it at ${expected}${alone}` };
  }

  #add(rank: number, expected: string, label: string, file: string): void {
    this.#places.set(foldName(expected), { rank, label, file, expected });
    const parts = foldName(expected).split("/");
    for (let length = 1; length < parts.length; length++) this.#folders.add(parts.slice(0, length).join("/"));
  }

  #unwrap(path: string): [string, string | undefined] {
    const slash = path.indexOf("/");
    const wrapper = path.slice(0, Math.max(slash, 0));
    const folded = foldName(wrapper);
    if (slash <= 0 || noWrappers.has(folded) || this.#labels.has(folded)) return ["", undefined];
    return [wrapper, path.slice(slash + 1)];
  }
}
