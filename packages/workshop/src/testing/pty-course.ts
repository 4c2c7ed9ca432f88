import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { openCourse, type Course } from "../course/course.ts";
import { PipedProcess } from "./pty-less.ts";
import { Pty, type PtyOptions } from "./pty.ts";

const project = fileURLToPath(new URL("../../../../", import.meta.url));
const main = fileURLToPath(new URL("pty-main.ts", import.meta.url));

/** A course of two exercises that can be graded. */
export interface GradableCourse extends Course, Disposable {
  /** Saves a file, by its path from the course's root. */
  save(path: string, text: string): void;
  /** Starts `pnpm workshop …` on it in a terminal of its own. */
  workshop(argv: string[], options?: PtyOptions): Pty;
  /** Starts it without one. */
  piped(...argv: string[]): PipedProcess;
}

/** The answer to both exercises. */
export const right = answerOf("2 * number");
export const wrong = answerOf("number + 1");
/** Takes its time: what is typed meanwhile has to wait. */
export const slow = `const until = Date.now() + 600; while (Date.now() < until);\n${right}`;
/** Wrong at once for the first test; for the second it waits until there is a file `gate` beside it. */
export const wrongThenGated = `import { existsSync } from "node:fs";
export async function double(number: number): Promise<number> {
  if (number === 1) return 7;
  while (!existsSync(new URL("gate", import.meta.url))) await new Promise((resolve) => setTimeout(resolve, 5));
  return 2 * number;
}
`;
export const stub = `export function double(number: number): number {\n  // TODO\n  throw new Error("not implemented");\n}\n`;

export function gradableCourse(): GradableCourse {
  const root = mkdtempSync(join(tmpdir(), "course-"));
  const save = (path: string, text: string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  save("package.json", '{ "type": "module" }');
  for (const label of ["01-double", "02-again"]) {
    save(`exercises/${label}/README.md`, `# ${label.slice(0, 2)} · The ${label.slice(3)}\n`);
    save(`exercises/${label}/hints.md`, hints);
    save(`exercises/${label}/double.test.ts`, suite);
    save(`exercises/${label}/double.ts`, stub);
    save(`mistakes/${label}/stub/double.ts`, stub);
    save(`solutions/${label}/double.ts`, `// Grown up: packages/core/src/double/ doubles more.\n${right}`);
  }
  symlinkSync(join(project, "exercises/node_modules"), join(root, "exercises/node_modules"));
  return {
    ...openCourse(root),
    save,
    workshop: (argv, options) => new Pty([process.execPath, main, root, ...argv], options),
    piped: (...argv) => new PipedProcess([main, root, ...argv]),
    [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }),
  };
}

/** An answer that gives back this expression of `number`. */
export function answerOf(result: string): string {
  return `export function double(number: number): number {\n  return ${result};\n}\n`;
}

const hints = `# Hints

## doubles one

1. What is one and one?
2. Two.
3. \`2 * number\`

## doubles many

1. And of a thousand?
2. Twice as much.
3. \`2 * number\`, too
`;

const suite = `import { answer, expect, test } from "@tcpip-workshop/grader/suite";
const double = answer<typeof import("./double.ts")>("./double.ts");
test("doubles one", { why: "One frame that counts for one is lost.", read: "the lesson" }, async () => {
  expect(await double.double(1), "Twice one is two").toBe(2);
});
test("doubles many", { why: "A thousand frames that count for a thousand are lost a thousand times.", read: "the lesson" }, async () => {
  for (const number of [7, 70, ...Array.from({ length: 20 }, (_, i) => 71 + i), 700]) expect(await double.double(number), "Twice a number is due").toBe(2 * number);
});
`;
