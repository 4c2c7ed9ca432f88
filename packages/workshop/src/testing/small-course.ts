import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Verdict } from "@tcpip-workshop/grader";
import { openCourse, type Course } from "../course/course.ts";
import { recordVerdict } from "../course/progress.ts";

/** The tests of every exercise in it. */
export const titles = ["splits frames", "joins frames"];

/** What `exercises/NN-name/name.ts` is before anybody wrote in it. */
export const stub = '// TODO\nthrow new Error("not implemented");\n';

export interface SmallCourse extends Course, Disposable {
  /** Writes a file, from the project's root, with its folders. */
  write(path: string, text: string): void;
}

/** A project with these exercises, each with two tests and three levels of hints, in a folder that is gone when disposed. */
export function smallCourse(...labels: string[]): SmallCourse {
  const root = mkdtempSync(join(tmpdir(), "course-"));
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  for (const label of labels.length === 0 ? ["04-framing"] : labels) {
    const name = label.slice(3);
    write(
      `exercises/${label}/README.md`,
      `# ${label.slice(0, 2)} · The ${name}: how it goes\n\n*About 45 minutes.*\n`,
    );
    write(`exercises/${label}/hints.md`, `# Hints\n\n${titles.map((title) => hintsOf(title)).join("\n")}`);
    write(
      `exercises/${label}/${name}.test.ts`,
      titles.map((title) => `// test(${JSON.stringify(title)}, …);\n`).join(""),
    );
    write(`exercises/${label}/${name}.ts`, "// an answer\n");
    write(`mistakes/${label}/stub/${name}.ts`, stub);
    write(
      `solutions/${label}/${name}.ts`,
      `// Grown up: packages/core/src/${name}/, and packages/tcp-echo.\nexport const right = true;\n`,
    );
  }
  return {
    ...openCourse(root),
    write,
    [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }),
  };
}

/** Puts the stub into its place, as a fresh clone has it. */
export function untouch({ root }: Course, label: string): void {
  cpSync(join(root, "mistakes", label, "stub"), join(root, "exercises", label), { recursive: true });
}

/** A verdict on an answer that fails these tests. */
export function verdictOn(label: string, failing: string[], rest: Partial<Verdict> = {}): Verdict {
  const tests = titles.map((title) => ({
    title,
    status: failing.includes(title) ? ("fail" as const) : ("pass" as const),
    duration: 1,
    why: "",
    read: "",
    hint: "",
    output: "",
  }));
  const status = failing.length === 0 ? "pass" : "fail";
  return { exercise: label, status, tests, processes: 1, seed: "1", duration: 1, ...rest };
}

/** Records such a verdict, as `pnpm test` does. */
export function grade(course: Course, label: string, failing: string[]): void {
  recordVerdict(course.root, course.exercise(label), verdictOn(label, failing));
}

function hintsOf(title: string): string {
  return `## ${title}\n\n1. What ${title}?\n2. Look where it\n   ${title}.\n3. Write what ${title}.\n`;
}
