import type { Exercise } from "@tcpip-workshop/grader/early";
import type { Course } from "../../course/course.ts";
import { makeAnswer } from "./answer.ts";
import { archiveKind, otherArchive } from "./archive-kind.ts";
import { Layout, type Place, type Stray } from "./layout.ts";
import { bytesText, defaultLimits, UnreadableError, type Limits } from "./limits.ts";
import { nearMiss, shownName, unsafePath } from "./names.ts";
import type { Answer, Submission } from "./submission.ts";

/** What a reader found under a path. */
export type Found =
  /** A regular file. Its content, where it was `wanted`. */
  | { type: "file"; bytes?: Uint8Array }
  /** What is no such file, or cannot be had. Why, in a sentence for the learner. */
  | { type: "left"; reason: string };

interface Candidate {
  path: string;
  place: Place;
  found: Found;
}

/** So many names at the most. */
const mostNamed = 100;

/** Takes what the readers find, path by path, and says at the end what was handed in. What is not an answer's file is only counted. */
export class Intake {
  readonly limits: Limits;
  /** Bytes that were unpacked so far. */
  unpackedBytes = 0;
  readonly #course: Course;
  readonly #exercises: Exercise[];
  readonly #layout: Layout;
  readonly #candidates: Candidate[] = [];
  readonly #refused: { path: string; reason: string }[] = [];
  readonly #ignored: string[] = [];
  /** Paths that should be folders and are not. */
  readonly #barred: string[] = [];
  #ignoredCount = 0;
  #entries = 0;
  /** What has the name of an answer's file, and lies elsewhere. */
  readonly #strays: { path: string; stray: Stray }[] = [];
  /** Why nothing can be taken although there is something. */
  #problem: string | undefined;

  constructor(course: Course, exercises: Exercise[], limits = defaultLimits) {
    this.limits = limits;
    this.#course = course;
    this.#exercises = exercises;
    this.#layout = new Layout(exercises, course.labels);
  }

  /** Whether the content of the regular file at this path is to be read. */
  wants(path: string): boolean {
    const clean = withoutDot(path);
    return unsafePath(clean) === undefined && this.#layout.find(clean)?.expected === clean;
  }

  /**
   * Counts a file or a folder.
   *
   * @throws {UnreadableError} when there are too many
   */
  count(): void {
    this.#entries++;
    if (this.#entries <= this.limits.entries) return;
    throw new UnreadableError(
      `Expected at most ${this.limits.entries} files and folders, got more: hand in exercises/ only, without node_modules`,
    );
  }

  /**
   * Counts bytes that were read, unpacked.
   *
   * @throws {UnreadableError} when there are too many
   */
  unpack(bytes: number): void {
    this.unpackedBytes += bytes;
    if (this.unpackedBytes <= this.limits.unpackedBytes) return;
    throw new UnreadableError(
      `Expected at most ${bytesText(this.limits.unpackedBytes)} once unpacked, got more: hand in exercises/ only, without node_modules`,
    );
  }

  /** Why a file of this size is not taken, or nothing. */
  tooLarge(size: number): string | undefined {
    const { fileBytes } = this.limits;
    if (size <= fileBytes) return undefined;
    return `Expected a file of at most ${bytesText(fileBytes)}, got ${bytesText(size)}`;
  }

  /** Tells of anything but a folder. Each is to be counted before. */
  add(path: string, found: Found): void {
    const clean = withoutDot(path);
    const unsafe = unsafePath(clean);
    const place = unsafe === undefined ? this.#layout.find(clean) : undefined;
    if (place !== undefined) this.#candidates.push({ path: clean, place, found });
    else if (unsafe !== undefined && this.#layout.namesFile(clean))
      this.#refuse(clean, `Expected a path below the submission's folder, but ${unsafe}`);
    else if (this.#layout.leadsTo(clean)) this.#bar(clean, found);
    else this.#ignore(path);
  }

  /** What was handed in, when all is told; with a problem, nothing of it is taken. */
  submission(problem?: string): Submission {
    const answers = problem === undefined ? this.#answers() : new Map<string, Answer>();
    for (const { path, stray } of this.#strays)
      // Where there is an answer, it is a copy.
      if (problem !== undefined || answers.has(stray.label)) this.#leave(path);
      else this.#refuse(path, stray.reason);
    const said = problem ?? (answers.size > 0 ? undefined : (this.#problem ?? this.#nothing()));
    return {
      refused: this.#refused.toSorted((a, b) => compare(a.path, b.path)),
      ignored: this.#ignored.toSorted(compare),
      ignoredCount: this.#ignoredCount,
      ...(said === undefined ? {} : { problem: said }),
      answers,
    };
  }

  #answers(): Map<string, Answer> {
    const taken = this.#taken();
    const answers = new Map<string, Answer>();
    for (const exercise of this.#exercises) {
      const files = taken.get(exercise.label);
      if (files !== undefined) answers.set(exercise.label, makeAnswer(this.#course, exercise, files));
    }
    return answers;
  }

  /** By label. Of the best root alone: files from several are never mixed. */
  #taken(): Map<string, Map<string, Uint8Array>> {
    const rank = Math.min(...this.#candidates.map(({ place }) => place.rank));
    const best = this.#candidates.filter(({ place }) => place.rank === rank);
    for (const { path } of this.#candidates.filter(({ place }) => place.rank !== rank)) this.#ignore(path);
    const wrappers = new Set(best.map(({ place }) => place.wrapper));
    if (wrappers.size > 1) {
      for (const { path } of best)
        this.#refuse(path, `Expected one folder around the exercises, got ${wrappers.size}: hand in one`);
      this.#problem = `Expected one folder with answers, got ${wrappers.size}: ${namesText([...wrappers])}. One learner hands in one; the archive of a whole class is to be unpacked first`;
      return new Map();
    }
    const times = Map.groupBy(best, ({ path }) => path);
    const taken = new Map<string, Map<string, Uint8Array>>();
    for (const [path, [candidate, second]] of times) {
      if (candidate === undefined) continue;
      const reason = second === undefined ? this.#reasonAgainst(candidate) : "Expected it once, got it twice";
      const { place, found } = candidate;
      if (reason !== undefined || found.type === "left" || found.bytes === undefined) {
        this.#refuse(path, reason ?? "Expected a file that can be read");
        continue;
      }
      const files = taken.get(place.label) ?? new Map<string, Uint8Array>();
      taken.set(place.label, files.set(place.file, found.bytes));
    }
    return taken;
  }

  #reasonAgainst({ path, place, found }: Candidate): string | undefined {
    if (found.type === "left") return found.reason;
    if (path !== place.expected) return nearMiss(path, place.expected);
    const barred = this.#barred.some((folder) => path.startsWith(`${folder}/`));
    return barred ? "Expected folders above it, got a link or a file" : undefined;
  }

  #nothing(): string {
    const [first, ...others] = this.#refused.toSorted((a, b) => compare(a.path, b.path));
    if (first !== undefined) {
      const more =
        others.length === 0 ? "" : `, and ${others.length} ${others.length === 1 ? "file" : "files"} more`;
      return `${first.path} was left out${more}. ${first.reason}`;
    }
    const packed = this.#ignored.some((name) => archiveKind(name) !== undefined || otherArchive.test(name));
    return `Expected ${this.#wanted()}, got ${this.#found()}${packed ? ". An archive in it is not opened: unpack that first" : ""}`;
  }

  #wanted(): string {
    const labels = this.#exercises.map(({ label }) => label);
    const [exercise] = this.#exercises;
    if (exercise !== undefined && labels.length === 1)
      return exercise.files.map((file) => `exercises/${exercise.label}/${file}`).join(" and ");
    const which = labels.length > 3 ? `one of ${labels.length} exercises` : labels.join(" or ");
    return `an answer to ${which}, in its folder (exercises/NN-name/)`;
  }

  #found(): string {
    const names = this.#ignored.toSorted(compare).slice(0, 3);
    const more = this.#ignoredCount - names.length;
    if (names.length === 0) return "no files at all";
    return `only ${names.join(", ")}${more > 0 ? ` and ${more} ${more === 1 ? "file" : "files"} more` : ""}`;
  }

  /** What is there in the place of a folder: nothing below it is taken, which only an archive can have. */
  #bar(path: string, found: Found): void {
    this.#refuse(path, found.type === "left" ? found.reason : "Expected a folder, got a file");
    this.#barred.push(path);
  }

  #refuse(path: string, reason: string): void {
    if (this.#refused.length < mostNamed) this.#refused.push({ path: shownName(path), reason });
    else this.#ignoredCount++;
  }

  #ignore(path: string): void {
    const stray = this.#strays.length < mostNamed ? this.#layout.strayAt(withoutDot(path)) : undefined;
    if (stray === undefined) this.#leave(path);
    else this.#strays.push({ path, stray });
  }

  #leave(path: string): void {
    this.#ignoredCount++;
    if (this.#ignored.length < mostNamed) this.#ignored.push(shownName(path));
  }
}

function namesText(names: string[]): string {
  const named = names
    .toSorted(compare)
    .slice(0, 3)
    .map((name) => (name === "" ? "its own" : shownName(name)));
  return `${named.join(", ")}${names.length > 3 ? ", …" : ""}`;
}

/** tar writes `./` before each path when it packs a folder from within. */
function withoutDot(path: string): string {
  return path.replace(/^(?:\.\/)+/, "");
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
