import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readMistake } from "../../packages/workshop/src/course/mistake.ts";
import { stubName, type Course } from "../../packages/workshop/src/course/course.ts";
import type { CheatAnswers } from "./cheat-answers.ts";
import type { Dice } from "./dice.ts";
import {
  forms,
  type Entry,
  type Expected,
  type Form,
  type HandedIn,
  type Kind,
  type Learner,
} from "./handed-in.ts";

/** By its number, how often an exercise is handed in: those that take their time seldom. */
const weights = {
  "01": 6, "02": 6, "03": 4, "04": 6, "05": 3, "06": 5, "07": 2, "08": 2,
  "09": 4, "10": 1, "11": 1, "12": 2, "13": 5, "14": 4, "15": 3, "16": 1,
}; // prettier-ignore
const usualWeight = 2;

/** Of an archive that arrives whole; `half an archive` is a learner's, not an exercise's. */
const kindWeights: { [kind in Kind]?: number } = {
  solution: 26,
  "untouched stub": 10,
  "known mistake": 30,
  cheat: 14,
  "syntax error": 4,
  "missing file": 4,
  "link in place of a file": 4,
  "file of 1 MB": 4,
  "path that leads out": 4,
};

/** Where exercises lie in what is handed in. */
const layouts = ["exercises/", "", "my-course-main/exercises/"];

/** Deals what each learner hands in. */
export class Deck {
  readonly #course: Course;
  readonly #dice: Dice;
  readonly #cheats: CheatAnswers;

  constructor(course: Course, dice: Dice, cheats: CheatAnswers) {
    this.#course = course;
    this.#dice = dice;
    this.#cheats = cheats;
  }

  learner(number: number): Learner {
    const id = `learner-${String(number).padStart(3, "0")}`;
    const form = this.#dice.one(forms);
    const isCutOff = form !== "folder" && this.#dice.below(20) === 0;
    const layout = this.#dice.one(layouts);
    const labels = new Set<string>();
    for (let count = 1 + this.#dice.below(3); labels.size < count;) labels.add(this.#label());
    const dealt = [...labels].toSorted().map((label) => this.#handedIn(id, label, layout, form));
    return { id, form, isCutOff, handedIn: isCutOff ? dealt.map(cutOff) : dealt };
  }

  #label(): string {
    const { labels } = this.#course;
    const weighted = labels.map((label) => [
      label,
      (weights as { [number: string]: number })[label.slice(0, 2)],
    ]);
    return this.#dice.weighted(
      Object.fromEntries(weighted.map(([label, weight]) => [label, weight ?? usualWeight])),
    );
  }

  #handedIn(id: string, label: string, layout: string, form: Form): HandedIn {
    const { "path that leads out": _, ...inFolders } = kindWeights;
    const kind = this.#dice.weighted<Kind>(form === "folder" ? inFolders : kindWeights);
    const { files } = this.#course.exercise(label);
    const [first = ""] = files;
    const solution = (file: string): Buffer => this.#read("solutions", label, file);
    const at = (file: string): string => `${layout}${label}/${file}`;
    /** Some copy from each other, to the byte; most do not. */
    const signature = Buffer.from(this.#dice.below(4) === 0 ? "" : `\n// Handed in by ${id}.\n`);
    const signed = (bytes: Buffer): Buffer => Buffer.concat([bytes, signature]);
    const all = (content: (file: string) => Buffer): Entry[] =>
      files.map((file) => ({ path: at(file), content: content(file) }));
    const made = (entries: Entry[], expected: Expected, more: Partial<HandedIn> = {}): HandedIn => ({
      kind,
      label,
      entries,
      expected,
      refused: [],
      ...more,
    });
    const refused = files.map(at);
    switch (kind) {
      case "solution":
        return made(
          all((file) => signed(solution(file))),
          { status: "pass" },
        );
      case "untouched stub":
        return made(
          all((file) => this.#read("mistakes", label, stubName, file)),
          { status: "absent", reason: /untouched stub/ },
        );
      case "known mistake": {
        const name = this.#dice.one(this.#course.mistakes(label));
        const expected = {
          status: "fail",
          firstFailed: readMistake(this.#course, label, name).caughtBy,
        } as const;
        return made(
          all((file) => signed(this.#read("mistakes", label, name, file))),
          expected,
          { name },
        );
      }
      case "cheat": {
        const { name, source } = this.#cheats.next(this.#read("mistakes", label, stubName, first).toString());
        const content = (file: string): Buffer => (file === first ? Buffer.from(source) : solution(file));
        return made(
          all((file) => signed(content(file))),
          { status: "fail" },
          { name },
        );
      }
      case "syntax error":
        return made(
          all((file) =>
            file === first
              ? Buffer.concat([Buffer.from("export const = 1;\n"), signed(solution(file))])
              : solution(file),
          ),
          { status: "fail" },
        );
      case "missing file":
        return made(
          [{ path: at("notes.md"), content: Buffer.from("I had no time.\n") }, ...all(solution).slice(1)],
          files.length > 1
            ? { status: "error", reason: new RegExp(first.replace(".", "\\.")) }
            : { status: "absent" },
        );
      case "link in place of a file":
        return made(
          files.map((file) => ({ path: at(file), link: join(this.#course.root, "solutions", label, file) })),
          { status: "absent" },
          { refused },
        );
      case "file of 1 MB":
        return made(
          all((file) => Buffer.concat([solution(file), Buffer.alloc(1_000_000, "\n")])),
          { status: "absent" },
          { refused },
        );
      case "path that leads out": {
        const paths = files.map((file) => `../${label}/${file}`);
        return made(
          paths.map((path, index) => ({ path, content: solution(files[index] ?? "") })),
          { status: "absent" },
          { refused: paths },
        );
      }
      case "half an archive":
        throw new Error("Expected a kind of answer, got a kind of learner");
    }
  }

  #read(...parts: string[]): Buffer {
    return readFileSync(join(this.#course.root, ...parts));
  }
}

function cutOff(handedIn: HandedIn): HandedIn {
  return { ...handedIn, kind: "half an archive", expected: { status: "absent" }, refused: [] };
}
