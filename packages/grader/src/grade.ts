import { statSync } from "node:fs";
import { join, relative, sep } from "node:path";
import type { RunnerTask } from "vitest";
import type { Exercise } from "./exercise.ts";
import { SuiteRunner, type SuiteRun } from "./runner/suite-runner.ts";
import { spawnEarly } from "./process/spawn-answer.ts";
import { endAllSessions } from "./suite/sessions.ts";
import { takePage } from "./suite/page.ts";
import { beginStory } from "./suite/story.ts";
import { resetWire } from "./suite/wire.ts";
import type { TestVerdict, Verdict } from "./verdict.ts";

export interface GradeOptions {
  /** Stop the answer's process for a debugger; no deadline counts. */
  inspect?: boolean;
  /** What random test data grows from, 0 to 2³² − 1; fresh each time without it. */
  seed?: number;
  /** Folders the answer may read besides its own and the packages. */
  readable?: string[];
}

/**
 * Runs an exercise's suite against the answer in `folder`. Prints nothing.
 *
 * @param root where the suite's packages are found: the project's folder
 */
export async function grade(
  root: string,
  exercise: Exercise,
  folder: string,
  options: GradeOptions = {},
): Promise<Verdict> {
  await using grader = new Grader(root);
  return await grader.grade(exercise, folder, options);
}

/** Grades one answer after another, without starting Vitest anew for each. */
export class Grader {
  readonly #runner: SuiteRunner;

  constructor(root: string) {
    this.#runner = new SuiteRunner(root);
  }

  /** Never rejects for anything an answer did: that is a verdict. */
  async grade(exercise: Exercise, folder: string, options: GradeOptions = {}): Promise<Verdict> {
    const started = performance.now();
    const seed = options.seed ?? Math.floor(Math.random() * 2 ** 32);
    const verdict = (rest: Omit<Verdict, "exercise" | "duration" | "seed">): Verdict => ({
      exercise: exercise.label,
      ...rest,
      seed,
      duration: performance.now() - started,
    });
    const missing = missingFile(exercise, folder);
    if (missing !== undefined) return verdict({ status: "error", reason: missing, tests: [], processes: 0 });
    const answerOptions = { readable: options.readable ?? [], inspect: options.inspect ?? false };
    const [file = ""] = exercise.files;
    // It starts while Vitest does; the suite's `answer()` finds it.
    if (!exercise.scratch) spawnEarly(join(folder, file), answerOptions);
    const run = await this.#runner.run(exercise.suite, {
      answerFolder: folder,
      answerReads: answerOptions.readable,
      answerInspect: answerOptions.inspect,
      answerSeed: seed,
    });
    await endAllSessions();
    beginStory();
    resetWire();
    const page = takePage();
    return verdict({ ...judge(exercise, run), ...(page && { page }) });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#runner[Symbol.asyncDispose]();
  }
}

function missingFile(exercise: Exercise, folder: string): string | undefined {
  for (const file of exercise.files) {
    const stat = statSync(join(folder, file), { throwIfNoEntry: false });
    const shown = relative(process.cwd(), join(folder, file)).split(sep).join("/");
    if (stat === undefined) return `Expected your answer in ${shown}, but there is no such file`;
    if (!stat.isFile())
      return `Expected your answer in ${shown}, but that is ${stat.isDirectory() ? "a directory" : "no regular file"}`;
  }
  return undefined;
}

/** Pass needs all: the expected tests, exactly those, each run and passed, and nothing unexplained beside them. */
function judge(exercise: Exercise, run: SuiteRun): Omit<Verdict, "exercise" | "duration" | "seed"> {
  const tests = run.tests.map((test) => judgeTest(exercise, test));
  const processes = run.tests.reduce((most, test) => Math.max(most, test.meta.processes ?? 0), 0);
  const seen = { tests, processes };
  const reason = firstMessage(exercise, run) ?? unexpectedTests(exercise, run.tests) ?? suiteAtFault(tests);
  if (reason !== undefined) return { status: "error", reason, ...seen };
  return { status: tests.every((test) => test.status === "pass") ? "pass" : "fail", ...seen };
}

function judgeTest(exercise: Exercise, test: RunnerTask): TestVerdict {
  const { teaching, failure, output = "" } = test.meta;
  const passed = test.result?.state === "pass";
  const hints = exercise.hints.find(({ title }) => title === test.name);
  const unexplained = test.result?.errors?.[0]?.message ?? `The test was ${stateOf(test)}`;
  return {
    title: test.name,
    status: passed ? "pass" : "fail",
    duration: test.result?.duration ?? 0,
    why: teaching?.why ?? "",
    read: teaching?.read ?? "",
    hint: hints?.levels[0] ?? "",
    output,
    ...(passed ? {} : { failure: failure ?? { blame: "suite", problem: unexplained, steps: [] } }),
  };
}

/** "pass" and "fail" are results; all else ("skip", "todo", "queued") is a test that did not run. */
function stateOf(test: RunnerTask): string {
  return test.result?.state ?? test.mode;
}

function unexpectedTests(exercise: Exercise, cases: RunnerTask[]): string | undefined {
  if (cases.length === 0) return `The suite of ${exercise.label} ran no test`;
  const unrun = cases.find((test) => !["pass", "fail"].includes(stateOf(test)));
  if (unrun) return `The test "${unrun.name}" did not run (${stateOf(unrun)}): a verdict needs every test`;
  const [expected, ran] = [exercise.hints.map(({ title }) => title), cases.map(({ name }) => name)];
  const lost = expected.find((title) => !ran.includes(title));
  if (lost !== undefined) return `The test "${lost}" has a heading in hints.md, but did not run`;
  const extra = ran.find((title, index) => !expected.includes(title) || ran.indexOf(title) !== index);
  return extra === undefined
    ? undefined
    : `The test "${extra}" ran, but has no heading of its own in hints.md`;
}

function suiteAtFault(tests: TestVerdict[]): string | undefined {
  const test = tests.find(({ failure }) => failure?.blame === "suite");
  return test && `"${test.title}" could not judge: ${test.failure?.problem}`;
}

function firstMessage(exercise: Exercise, { errors }: SuiteRun): string | undefined {
  if (errors.length === 0) return undefined;
  const [error] = errors;
  const message =
    typeof error === "object" && error !== null && "message" in error ? String(error.message) : String(error);
  // Vitest calls a file without a test an error of its own.
  if (message.startsWith("No test suite found")) return `The suite of ${exercise.label} ran no test`;
  return `The suite broke: ${message.split("\n", 1)[0]}`;
}
