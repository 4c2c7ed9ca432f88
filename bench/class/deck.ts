import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Course } from "../../packages/workshop/src/course/course.ts";
import type { CheatAnswers } from "./cheat-answers.ts";
import type { Dice } from "./dice.ts";
import { forms, type AnswerKind, type Form, type HandedIn, type Learner } from "./handed-in.ts";
import { makers } from "./makers.ts";

/** By its number, how often an exercise is handed in, in tenths of the usual: those that take their time seldom. */
const rarely: { [number: string]: number } = {
  "05": 6,
  "07": 4,
  "08": 4,
  "10": 2,
  "11": 2,
  "12": 4,
  "15": 6,
  "16": 2,
};

/** In percent. */
const kindWeights: { [kind in AnswerKind]: number } = {
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
  readonly #weights: { [label: string]: number };

  constructor(course: Course, dice: Dice, cheats: CheatAnswers) {
    this.#course = course;
    this.#dice = dice;
    this.#cheats = cheats;
    this.#weights = Object.fromEntries(
      course.labels.map((label) => [label, rarely[label.slice(0, 2)] ?? 10]),
    );
  }

  learner(number: number): Learner {
    const id = `learner-${String(number).padStart(3, "0")}`;
    const form = this.#dice.one(forms);
    const isCutOff = form !== "folder" && this.#dice.below(20) === 0;
    const layout = this.#dice.one(layouts);
    const labels = new Set<string>();
    const count = 1 + this.#dice.below(3);
    while (labels.size < count) labels.add(this.#dice.weighted(this.#weights));
    const dealt = [...labels].toSorted().map((label) => this.#handedIn(id, label, layout, form));
    return { id, form, isCutOff, handedIn: isCutOff ? dealt.map(cutOff) : dealt };
  }

  #handedIn(id: string, label: string, layout: string, form: Form): HandedIn {
    // In a folder no path leads out of it.
    const weights = form === "folder" ? { ...kindWeights, "path that leads out": 0 } : kindWeights;
    const kind = this.#dice.weighted(weights);
    const { root } = this.#course;
    // Some copy from each other, to the byte; most do not.
    const signature = Buffer.from(this.#dice.below(3) === 0 ? "" : `\n// Handed in by ${id}.\n`);
    const made = makers[kind]({
      course: this.#course,
      dice: this.#dice,
      cheats: this.#cheats,
      label,
      files: this.#course.exercise(label).files,
      at: (file) => `${layout}${label}/${file}`,
      read: (...parts) => readFileSync(join(root, ...parts)),
      signed: (bytes) => Buffer.concat([bytes, signature]),
    });
    return { kind, label, refused: [], ...made };
  }
}

function cutOff(handedIn: HandedIn): HandedIn {
  return { ...handedIn, kind: "half an archive", expected: { status: "absent" }, refused: [] };
}
