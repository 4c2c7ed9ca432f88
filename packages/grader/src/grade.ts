import { statSync } from "node:fs";
import { join, relative, resolve, sep } from "node:path";
import { formatSockets } from "@tcpip-workshop/diagnostics/sockets";
import type { ProvidedContext, RunnerTask } from "vitest";
import type { Exercise } from "./exercise.ts";
import { SuiteRunner, type SuiteRun } from "./runner/suite-runner.ts";
import { makeScratchReady, removeReadyScratch } from "./process/scratch.ts";
import { killEarly, spawnEarly, spawnSpare } from "./process/spawn-answer.ts";
import { importable } from "./process/importable.ts";
import { stripAhead } from "./process/stripped-ahead.ts";
import type { Walls } from "./process/walls.ts";
import { endAllSessions, sessions } from "./suite/sessions.ts";
import { bounded } from "./bounded.ts";
import { printable } from "./printable.ts";
import { Seed } from "./seed.ts";
import { takePage } from "./suite/page.ts";
import { beginStory } from "./suite/story.ts";
import { resetWire } from "./suite/wire.ts";
import type { TestVerdict, Verdict } from "./verdict.ts";

export interface GradeOptions {
  /** Stop the answer's process for a debugger; no deadline counts. */
  inspect?: boolean;
  /** What random test data grows from, as {@link Seed} reads it; fresh each time without it. */
  seed?: string;
  /** Folders the answer may read besides its own and the packages. */
  readable?: string[];
  /** Run the answer behind the seal, which only a cell can offer: the file with the system-call filter. */
  sealed?: string;
  /** Run it without Node's permission model: to see what holds behind that. */
  permissive?: boolean;
  /** Hears of each test that is over, soon after. */
  onTest?: (test: TestEnd) => void;
}

/** One test of a suite that is still running is over. */
export interface TestEnd {
  title: string;
  status: "pass" | "fail";
  /** How many are over, of how many. */
  done: number;
  total: number;
  /** All there is to say of the first that failed: nobody has to wait for the others to read it. */
  firstFailed?: TestVerdict;
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
  #spares = false;
  #prepared: { key: string; answers: { path: string; walls: Walls }[] } | undefined;

  /** @param root where the suite's packages are found: the project's folder */
  constructor(root: string) {
    this.#runner = new SuiteRunner(root);
  }

  /**
   * Gets everything ready for an answer that is going to be graded, at some time: Vitest's runtime, what the suite imports,
   * and a process that will read the answer then, and not before. Costs what a grading does; the next one needs less time.
   */
  async prepare(exercise: Exercise, folder: string, options: GradeOptions = {}): Promise<void> {
    this.#spares = true;
    const key = JSON.stringify([exercise.suite, folder]);
    if (this.#prepared?.key !== key) {
      const provided = { ...providedBy(folder, options, noSeed), answerUnwanted: true };
      await this.#runner.collect(exercise.suite, provided);
      const answers = [...sessions].map(({ path, walls }) => ({ path, walls }));
      await endAllSessions();
      this.#prepared = { key, answers };
    }
    // One for each of theirs: two answers may share one.
    const ready = new Map<string, string>();
    for (const { path, walls } of this.#prepared.answers) {
      stripAhead(path, importable(walls.packages ?? []).files);
      const { scratch, ...others } = walls;
      if (scratch !== undefined && !ready.has(scratch)) ready.set(scratch, makeScratchReady());
      spawnSpare(path, { ...others, scratch: scratch === undefined ? undefined : ready.get(scratch) });
    }
  }

  /** The sockets of the answer that is being graded, as `ss` shows them, a line each. */
  sockets(): string[] {
    return formatSockets([...sessions].flatMap((session) => session.sockets()));
  }

  /** Never rejects for anything an answer did: that is a verdict. */
  async grade(exercise: Exercise, folder: string, options: GradeOptions = {}): Promise<Verdict> {
    const started = performance.now();
    const seed = (options.seed === undefined ? Seed.fresh() : Seed.parse(options.seed)).digits;
    const verdict = (rest: Omit<Verdict, "exercise" | "duration" | "seed">): Verdict => ({
      exercise: exercise.label,
      ...rest,
      seed,
      duration: performance.now() - started,
    });
    const missing = missingFile(exercise, folder);
    if (missing !== undefined) return verdict({ status: "error", reason: missing, tests: [], processes: 0 });
    const provided = providedBy(folder, options, seed);
    const [file = ""] = exercise.files;
    // It starts while Vitest does; the suite's `answer()` finds it.
    if (!exercise.scratch && !this.#spares)
      spawnEarly(join(folder, file), { ...wallsBy(options), packages: exercise.packages });
    let hasFailed = false;
    const run = await this.#runner.run(
      exercise.suite,
      { ...provided, answerSpares: this.#spares },
      (test, done, total) => {
        const status = test.result?.state === "pass" ? "pass" : "fail";
        const isFirst = status === "fail" && !hasFailed;
        hasFailed ||= isFirst;
        const first = isFirst ? { firstFailed: judgeTest(exercise, test) } : {};
        options.onTest?.({ title: test.name, status, done, total, ...first });
      },
    );
    await endAllSessions();
    killEarly();
    removeReadyScratch();
    beginStory();
    resetWire();
    const page = takePage();
    const { reason, ...judged } = judge(exercise, run);
    return verdict({
      ...judged,
      // What broke a suite may have been the answer's words.
      ...(reason !== undefined && { reason: printable(bounded(reason)) }),
      ...(page && { page: printable(page) }),
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    killEarly();
    removeReadyScratch();
    await this.#runner[Symbol.asyncDispose]();
  }
}

/** For a suite that is collected, and not run. */
const noSeed = "0";

function wallsBy(options: GradeOptions): Walls {
  const { readable = [], inspect = false, permissive = false, sealed } = options;
  return { readable, inspect, permissive, sealed };
}

function providedBy(folder: string, options: GradeOptions, answerSeed: string): ProvidedContext {
  const { readable = [], inspect = false, permissive = false, sealed } = wallsBy(options);
  return {
    answerFolder: folder,
    answerReads: readable,
    answerInspect: inspect,
    answerPermissive: permissive,
    answerSeed,
    ...(sealed !== undefined && { answerSealed: sealed }),
  };
}

function missingFile(exercise: Exercise, folder: string): string | undefined {
  for (const file of exercise.files) {
    const stat = statSync(join(folder, file), { throwIfNoEntry: false });
    if (stat?.isFile() === true) continue;
    const due = `Expected your answer in ${relative(process.cwd(), join(folder, file)).split(sep).join("/")}`;
    // Only the learner's own folder can be put right by a stub.
    const again =
      resolve(folder) === resolve(exercise.folder)
        ? `, or start again from the stub: pnpm workshop reset ${/^\d+/.exec(exercise.label)?.[0] ?? exercise.label}`
        : "";
    if (stat === undefined) return `${due}, but there is no such file. Put it back${again}`;
    return `${due}, but that is ${stat.isDirectory() ? "a directory" : "no regular file"}. Move it away${again}`;
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
  const { teaching, failure, wire = [], output = "" } = test.meta;
  const passed = test.result?.state === "pass";
  const hints = exercise.hints.find(({ title }) => title === test.name);
  const unexplained = test.result?.errors?.[0]?.message ?? `The test was ${stateOf(test)}`;
  const judged: TestVerdict = {
    title: test.name,
    status: passed ? "pass" : "fail",
    duration: test.result?.duration ?? 0,
    why: teaching?.why ?? "",
    read: teaching?.read ?? "",
    hint: hints?.levels[0] ?? "",
    output: "",
    ...(wire.length > 0 && { wire }),
    ...(passed ? {} : { failure: failure ?? { blame: "suite", problem: unexplained, steps: [] } }),
  };
  // What it printed was cut when it came.
  return { ...printable(bounded(judged)), output: printable(output) };
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
