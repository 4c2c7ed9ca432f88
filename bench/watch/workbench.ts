import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** One exercise in a folder of its own, with a right answer that can be saved: nobody's own answer is touched. */
export interface Workbench extends Disposable {
  /** The course's root. */
  root: string;
  label: string;
  /** Absolute. */
  suite: string;
  answer: string;
  /** Saves the right answer with another last line. */
  save(): void;
}

const project = join(import.meta.dirname, "../..");

/** Exercise 04 and its solution. */
export function framing(): Workbench {
  const [label, file] = ["04-framing", "framing.ts"];
  return workbench(label, file, (folder) => {
    for (const name of ["framing.test.ts", "hints.md"])
      copyFileSync(join(project, "exercises", label, name), join(folder, name));
    copyFileSync(join(project, "solutions", label, file), join(folder, file));
  });
}

/** One test with one call. */
export function trivial(): Workbench {
  return workbench("01-one", "one.ts", (folder) => {
    writeFileSync(join(folder, "hints.md"), "## one and one\n\n1. Two.\n");
    writeFileSync(join(folder, "one.ts"), "export const add = (a: number, b: number): number => a + b;\n");
    writeFileSync(
      join(folder, "one.test.ts"),
      `import { answer, expect, test } from "@tcpip-workshop/grader/suite";
      const one = answer<typeof import("./one.ts")>("./one.ts");
      test("one and one", { why: "", read: "" }, async () => {
        expect(await one.add(1, 1)).toBe(2);
      });\n`,
    );
  });
}

function workbench(label: string, file: string, fill: (folder: string) => void): Workbench {
  const root = mkdtempSync(join(tmpdir(), "bench-watch-"));
  const folder = join(root, "exercises", label);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(root, "package.json"), '{ "type": "module" }');
  symlinkSync(join(project, "exercises/node_modules"), join(root, "exercises/node_modules"));
  fill(folder);
  const answer = join(folder, file);
  const text = readFileSync(answer, "utf8");
  let saves = 0;
  return {
    root,
    label,
    suite: join(folder, file.replace(/ts$/, "test.ts")),
    answer,
    save: () => writeFileSync(answer, `${text}// save ${++saves}\n`),
    [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }),
  };
}
