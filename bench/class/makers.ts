import { join } from "node:path";
import { stubName, type Course } from "../../packages/workshop/src/course/course.ts";
import { readMistake } from "../../packages/workshop/src/course/mistake.ts";
import type { CheatAnswers } from "./cheat-answers.ts";
import type { Dice } from "./dice.ts";
import type { AnswerKind, Entry, HandedIn } from "./handed-in.ts";

/** What an answer is made of. */
interface Material {
  course: Course;
  dice: Dice;
  cheats: CheatAnswers;
  label: string;
  /** The files of an answer. */
  files: string[];
  /** Where such a file lies in the submission. */
  at: (file: string) => string;
  /** A file of the course's. */
  read: (...parts: string[]) => Buffer;
  /** With the learner's name, or to the byte as it is. */
  signed: (bytes: Buffer) => Buffer;
}

type Maker = (material: Material) => Omit<HandedIn, "kind" | "label" | "refused"> & { refused?: string[] };

/** How an answer of each kind is made, and what must come of it. */
export const makers: { [kind in AnswerKind]: Maker } = {
  solution: (material) => ({
    entries: all(material, (file) => material.signed(solution(material, file))),
    expected: { status: "pass" },
  }),

  "untouched stub": (material) => ({
    entries: all(material, (file) => stub(material, file)),
    expected: { status: "absent", reason: /untouched stub/ },
  }),

  "known mistake": (material) => {
    const { course, dice, label, read, signed } = material;
    const name = dice.one(course.mistakes(label));
    return {
      name,
      entries: all(material, (file) => signed(read("mistakes", label, name, file))),
      expected: { status: "fail", firstFailed: readMistake(course, label, name).caughtBy },
    };
  },

  cheat: (material) => {
    const { name, source } = material.cheats.next(stub(material, firstOf(material)).toString());
    const entries = withFirst(material, () => material.signed(Buffer.from(source)));
    return { name, entries, expected: { status: "fail" } };
  },

  "syntax error": (material) => ({
    entries: withFirst(material, (bytes) =>
      Buffer.concat([Buffer.from("export const = 1;\n"), material.signed(bytes)]),
    ),
    expected: { status: "fail" },
  }),

  "missing file": (material) => {
    const { files, at } = material;
    const entries = [
      { path: at("notes.md"), content: Buffer.from("I had no time.\n") },
      ...all(material, (file) => solution(material, file)).slice(1),
    ];
    const reason = new RegExp(`^${firstOf(material).replace(".", "\\.")} was not handed in`);
    return {
      entries,
      // A part of an answer is known to fail; without any of it there is none.
      expected: files.length > 1 ? { status: "fail", reason } : { status: "absent" },
    };
  },

  "link in place of a file": ({ course, label, files, at }) => ({
    entries: files.map((file) => ({ path: at(file), link: join(course.root, "solutions", label, file) })),
    expected: { status: "absent" },
    refused: files.map(at),
  }),

  "file of 1 MB": (material) => ({
    entries: all(material, (file) =>
      Buffer.concat([solution(material, file), Buffer.alloc(1_000_000, "\n")]),
    ),
    expected: { status: "absent" },
    refused: material.files.map(material.at),
  }),

  "path that leads out": (material) => {
    const paths = material.files.map((file) => `../${material.label}/${file}`);
    const contents = material.files.map((file) => solution(material, file));
    return {
      entries: paths.map((path, index) => ({ path, content: contents[index] ?? Buffer.alloc(0) })),
      expected: { status: "absent" },
      refused: paths,
    };
  },
};

function all({ files, at }: Material, content: (file: string) => Buffer): Entry[] {
  return files.map((file) => ({ path: at(file), content: content(file) }));
}

/** The solution, but for its first file. */
function withFirst(material: Material, change: (bytes: Buffer) => Buffer): Entry[] {
  const first = firstOf(material);
  return all(material, (file) => {
    const bytes = solution(material, file);
    return file === first ? change(bytes) : bytes;
  });
}

function firstOf({ files: [first = ""] }: Material): string {
  return first;
}

function solution({ read, label }: Material, file: string): Buffer {
  return read("solutions", label, file);
}

function stub({ read, label }: Material, file: string): Buffer {
  return read("mistakes", label, stubName, file);
}
