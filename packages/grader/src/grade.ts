import { statSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { Writable } from "node:stream";
import type { TestCase, TestModule, Vitest } from "vitest/node";
import { inProcessPool } from "./in-process-pool.ts";
import type { Exercise } from "./exercise.ts";
import { startEarly } from "./process/early-process.ts";
import { endAllSessions } from "./suite/sessions.ts";
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
  readonly #root: string;
  #vitest: Promise<Vitest> | undefined;

  constructor(root: string) {
    this.#root = root;
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
    startEarly(join(folder, file), answerOptions);
    const vitest = await (this.#vitest ??= this.#start());
    vitest.provide("answerFolder", folder);
    vitest.provide("answerReads", answerOptions.readable);
    vitest.provide("answerSeed", seed);
    vitest.provide("answerInspect", answerOptions.inspect);
    const specification = vitest.getRootProject().createSpecification(exercise.suite);
    const { testModules, unhandledErrors } = await vitest.runTestSpecifications([specification]);
    await endAllSessions();
    // Vitest returns the modules of all its runs so far.
    const modules = testModules.filter(({ moduleId }) => moduleId === specification.moduleId);
    return verdict(judge(exercise, modules, unhandledErrors));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await (await this.#vitest)?.close();
  }

  async #start(): Promise<Vitest> {
    if ("__vitest_worker__" in globalThis) {
      throw new Error(
        "Expected to be called outside Vitest: the grader runs Vitest in its own thread, and it does not nest",
      );
    }
    const { createVitest } = await import("vitest/node");
    const nowhere = new Writable({
      write: (_chunk, _encoding, done) => done(),
    }) as unknown as NodeJS.WriteStream;
    const listeners = new Set(process.listeners("unhandledRejection"));
    const vitest = await createVitest(
      {
        root: this.#root,
        config: false,
        watch: false,
        pool: inProcessPool(),
        isolate: false,
        maxWorkers: 1,
        // As Node loads it, once, for the suite and for us: an answer started early is found by the suite.
        server: { deps: { external: [/\/grader\/(src|dist)\//] } },
        allowOnly: false,
        silent: true,
        reporters: [{}],
      },
      {},
      { stdout: nowhere, stderr: nowhere },
    );
    // Vitest's own answer to a rejection is to print it and exit. The suite's side listens too, and reports it: an `error`.
    for (const listener of process.listeners("unhandledRejection")) {
      if (!listeners.has(listener)) process.off("unhandledRejection", listener);
    }
    return vitest;
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
function judge(
  exercise: Exercise,
  modules: TestModule[],
  unhandled: unknown[],
): Omit<Verdict, "exercise" | "duration" | "seed"> {
  const cases = modules.flatMap((module) => [...module.children.allTests()]);
  const tests = cases.map((test) => judgeTest(exercise, test));
  const processes = cases.reduce((most, test) => Math.max(most, test.meta().processes ?? 0), 0);
  const seen = { tests, processes };
  const reason =
    noTest(exercise, modules, cases) ??
    firstMessage(modules.flatMap((module) => [...module.errors()])) ??
    firstMessage(unhandled) ??
    unexpectedTests(exercise, cases) ??
    suiteAtFault(tests);
  if (reason !== undefined) return { status: "error", reason, ...seen };
  return { status: tests.every((test) => test.status === "pass") ? "pass" : "fail", ...seen };
}

function judgeTest(exercise: Exercise, test: TestCase): TestVerdict {
  const { teaching, failure, output = "" } = test.meta();
  const { state, errors } = test.result();
  const passed = state === "passed";
  const hints = exercise.hints.find(({ title }) => title === test.name);
  return {
    title: test.name,
    status: passed ? "pass" : "fail",
    duration: test.diagnostic()?.duration ?? 0,
    why: teaching?.why ?? "",
    read: teaching?.read ?? "",
    hint: hints?.levels[0] ?? "",
    output,
    ...(passed
      ? {}
      : {
          failure: failure ?? {
            blame: "suite",
            problem: errors?.[0]?.message ?? `The test was ${state}`,
            steps: [],
          },
        }),
  };
}

/** Vitest calls a file without a test an error of its own. */
function noTest(exercise: Exercise, modules: TestModule[], cases: TestCase[]): string | undefined {
  const broke = modules.some((module) =>
    module.errors().some(({ message }) => !message.startsWith("No test suite found")),
  );
  return cases.length > 0 || broke ? undefined : `The suite of ${exercise.label} ran no test`;
}

function unexpectedTests(exercise: Exercise, cases: TestCase[]): string | undefined {
  const unrun = cases.find((test) => !["passed", "failed"].includes(test.result().state));
  if (unrun)
    return `The test "${unrun.name}" did not run (${unrun.result().state}): a verdict needs every test`;
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

function firstMessage(errors: unknown[]): string | undefined {
  if (errors.length === 0) return undefined;
  const [error] = errors;
  const message =
    typeof error === "object" && error !== null && "message" in error ? String(error.message) : String(error);
  return `The suite broke: ${message.split("\n", 1)[0]}`;
}
