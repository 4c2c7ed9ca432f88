import { EventEmitter, once } from "node:events";
import type { ProvidedContext, RunnerTask, RunnerTestFile, RuntimeRPC } from "vitest";
import { loadSuitesFresh } from "./fresh-suites.ts";
import { vitestConfig } from "./vitest-config.ts";

/** What came of a suite. */
export interface SuiteRun {
  /** The tests in the order of the file; their `result` and `meta` are final. */
  tests: RunnerTask[];
  /** What broke beside the tests, the suite's own loading among it. */
  errors: unknown[];
}

/** Hears of each test that is over, a tenth of a second later at the most. */
export type TestListener = (test: RunnerTask, done: number, total: number) => void;

/**
 * Runs suites with Vitest's runtime in this thread, without its server: nothing has to be bundled or transformed, for
 * Node runs the suites as they are. It speaks the protocol that Vitest has for pools (`vitest/worker`); the pool is this.
 */
export class SuiteRunner {
  readonly #root: string;
  readonly #requests = new EventEmitter();
  readonly #responses = new EventEmitter();
  #started: Promise<void> | undefined;
  #file: RunnerTestFile | undefined;
  #errors: unknown[] = [];
  #onTest: TestListener | undefined;
  #told = new Set<RunnerTask>();

  constructor(root: string) {
    this.#root = root;
  }

  /** Loads the runtime; `run` does it too. */
  start(): Promise<void> {
    return (this.#started ??= this.#start());
  }

  /** Runs one suite; one at a time. */
  async run(suite: string, provided: ProvidedContext, onTest?: TestListener): Promise<SuiteRun> {
    this.#onTest = onTest;
    return await this.#runOrCollect("run", suite, provided);
  }

  /** Loads a suite and runs none of its tests: what it imports is there when it is run. */
  async collect(suite: string, provided: ProvidedContext): Promise<void> {
    this.#onTest = undefined;
    await this.#runOrCollect("collect", suite, provided);
  }

  async #runOrCollect(type: "run" | "collect", suite: string, provided: ProvidedContext): Promise<SuiteRun> {
    await this.start();
    this.#file = undefined;
    this.#errors = [];
    this.#told.clear();
    const exit = process.exit.bind(process);
    const context = {
      files: [{ filepath: suite, fileTags: [], testLocations: undefined, testNamePattern: undefined }],
      config: vitestConfig(this.#root, { isNative: true }),
      environment: { name: "node", options: null },
      providedContext: provided,
      projectName: "",
      pool: "in-process",
      workerId: 1,
      concurrencyId: 1,
    };
    const { error } = await this.#request({ type, context }, "testfileFinished");
    // The runtime puts a trap in its place, for suites.
    process.exit = exit;
    this.#tellTests();
    const file = this.#file as RunnerTestFile | undefined;
    return {
      tests: file === undefined ? [] : testsOf(file.tasks),
      errors: [...(error === undefined ? [] : [error]), ...(file?.result?.errors ?? []), ...this.#errors],
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#started === undefined) return;
    await this.#started;
    await this.#request({ type: "stop" }, "stopped");
  }

  async #start(): Promise<void> {
    if ("__vitest_worker__" in globalThis) {
      throw new Error(
        "Expected to be called outside Vitest: the grader runs Vitest in its own thread, and it does not nest",
      );
    }
    loadSuitesFresh();
    const { init, runBaseTests, setupEnvironment } = await import("vitest/worker");
    init({
      post: (message: unknown) => this.#receive(message),
      on: (listener) => void this.#requests.on("message", listener),
      off: (listener) => void this.#requests.off("message", listener),
      serialize: (data: unknown) => data,
      deserialize: (data: unknown) => data,
      runTests: (state, traces) => runBaseTests("run", state, traces),
      collectTests: (state, traces) => runBaseTests("collect", state, traces),
      setup: setupEnvironment,
    });
    const config = vitestConfig(this.#root, { isNative: false });
    const context = { environment: { name: "node", options: null }, config, pool: "in-process" };
    const start = {
      type: "start",
      poolId: 1,
      workerId: 1,
      options: { reportMemory: false },
      traces: { enabled: false },
      context,
    };
    const { error } = await this.#request(start, "started");
    if (error !== undefined) throw new Error("Vitest's runtime did not start", { cause: error });
  }

  async #request(request: object, answer: string): Promise<{ error?: unknown }> {
    const answered = once(this.#responses, answer);
    this.#requests.emit("message", { __vitest_worker_request__: true, ...request });
    const [response] = (await answered) as [{ error?: unknown }];
    return response;
  }

  #tellTests(): void {
    if (this.#onTest === undefined || this.#file === undefined) return;
    const tests = testsOf(this.#file.tasks);
    for (const test of tests) {
      const { state = "" } = test.result ?? {};
      if (this.#told.has(test) || !["pass", "fail"].includes(state)) continue;
      this.#told.add(test);
      this.#onTest(test, this.#told.size, tests.length);
    }
  }

  /** Either an answer to a request, or the runtime asking for something (birpc's messages: method, arguments, id). */
  #receive(message: unknown): void {
    const { type, m, a, i } = message as { type?: string; m?: keyof RuntimeRPC; a?: unknown[]; i?: string };
    if (type !== undefined) return void this.#responses.emit(type, message);
    if (m === undefined) return;
    const reply = this.#serve(m, a ?? []);
    if (i !== undefined) queueMicrotask(() => this.#requests.emit("message", { t: "s", i, ...reply }));
  }

  #serve(method: keyof RuntimeRPC, args: unknown[]): { r?: unknown; e?: unknown } {
    // oxlint-disable-next-line typescript/switch-exhaustiveness-check -- the others are news that need no answer
    switch (method) {
      case "onQueued":
        this.#file ??= args[0] as RunnerTestFile;
        return {};
      case "onCollected":
        this.#file = (args[0] as RunnerTestFile[])[0];
        return {};
      case "onUnhandledError":
        this.#errors.push(args[0]);
        return {};
      case "onTaskUpdate":
        this.#tellTests();
        return {};
      case "getCountOfFailedTests":
        return { r: 0 };
      case "resolveSnapshotPath":
        return { r: `${String(args[0])}.snap` };
      case "resolve":
        return { r: null };
      case "fetch":
      case "transform":
        return {
          e: new Error(
            `Vitest's runtime asked for \`${method}\`, which a suite that Node runs as it is does not need`,
          ),
        };
      default:
        // The tasks are the runtime's own objects, so its other news are known already.
        return {};
    }
  }
}

function testsOf(tasks: RunnerTask[]): RunnerTask[] {
  return tasks.flatMap((task) => (task.type === "suite" ? testsOf(task.tasks) : [task]));
}
