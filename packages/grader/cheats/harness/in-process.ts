/**
 * A grader as most are: the answer is imported into the process that judges it, under no walls. What the cheats are shown to
 * succeed against. argv: the answer's folder, the seed. Its verdict: a line of JSON on fd 3 and on stdout, and the exit code.
 */
import { openSync, writeSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { SuiteRunner } from "../../src/runner/suite-runner.ts";

const [, , folder = "", seed = ""] = process.argv;
const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

// What a grader has at hand: the grade book, open, and a token that it keeps in memory only.
openSync(process.env["GRADE_BOOK"] ?? "", "r");
const token = { submitsWith: process.env["IN_MEMORY"] };
delete process.env["IN_MEMORY"];

const runner = new SuiteRunner(here("../.."));
const run = await runner.run(here("in-process-suite.ts"), { answerFolder: folder, answerSeed: seed });
const passed =
  run.errors.length === 0 &&
  run.tests.length === 3 &&
  run.tests.every((test) => test.result?.state === "pass");
process.exitCode = passed && token.submitsWith !== undefined ? 0 : 1;
const verdict = JSON.stringify({
  status: passed ? "pass" : "fail",
  tests: run.tests.map(({ name, result }) => ({
    name,
    state: result?.state,
    error: result?.errors?.[0] && `${result.errors[0].name}: ${result.errors[0].message}`,
  })),
});
writeSync(3, `${verdict}\n`);
console.log(verdict);
