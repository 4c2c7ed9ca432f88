import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readExercise, type Exercise } from "../exercise.ts";

const here = fileURLToPath(new URL("../..", import.meta.url));

/**
 * An exercise of its own, gone when disposed: `suite` is what stands below the imports of its suite, `answer` its
 * answer.ts, `titles` the headings of its hints.
 */
export function writeExercise(
  suite: string,
  answer: string,
  titles: string[],
  { scratch = false } = {},
): Exercise & Disposable {
  const answerOptions = scratch ? ", { scratch: true }" : "";
  mkdirSync(join(here, ".cache"), { recursive: true });
  const folder = mkdtempSync(join(here, ".cache", "exercise-"));
  const imports = `
    import { test as vitestTest } from "vitest";
    import { connect } from "node:net";
    import { answer, awaitEvidence, evidence, eventually, expect, field, mark, page, quietly, Random, seed, step, test, timeline, untilSeen } from "../../src/suite/index.ts";
    const teaching = { why: "It matters.", read: "The lesson." };
    const module = answer<typeof import("./answer.ts")>("./answer.ts"${answerOptions});\n`;
  writeFileSync(join(folder, "answer.test.ts"), imports + suite);
  writeFileSync(join(folder, "answer.ts"), answer);
  writeFileSync(join(folder, "hints.md"), titles.map((title) => `## ${title}\n\n1. Think.\n`).join("\n"));
  return {
    ...readExercise(folder),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}
