import type { Exercise } from "@tcpip-workshop/grader";
import { printable } from "@tcpip-workshop/grader/early";
import type { GradedExercise, GradeReport, SubmissionResult } from "@tcpip-workshop/report";
import type { Course } from "../../course/course.ts";
import type { Judge } from "../judge.ts";
import { sumOfPoints } from "../points/award.ts";
import type { Answer, Submission, SubmissionSource } from "../submission/submission.ts";
import { answerKey } from "./answer-key.ts";
import { ClassProgress, type Origin } from "./class-progress.ts";
import type { Due } from "./due.ts";
import { absentFor, failedUnrun, worth, type Judged } from "./exercise-result.ts";
import { gradeAnswer } from "./grade-answer.ts";
import { whatIsMissing, whyAbsent } from "./missing-files.ts";
import type { ResultCache } from "./result-cache.ts";
import type { RunFolder } from "./run-folder.ts";
import { Staging } from "./staging.ts";

export interface ClassGradingOptions {
  course: Course;
  due: Due;
  judge: Judge;
  versions: GradeReport["versions"];
  /** So many gradings at once. */
  jobs: number;
  /** Where results are written, and read of a run before this one. */
  folder?: RunFolder | undefined;
  /** Verdicts of all earlier runs. */
  cache?: ResultCache | undefined;
  /** Ends it: what is done by then is written. */
  signal?: AbortSignal;
  progress?: ClassProgress;
  /** Milliseconds that one grading may take. */
  patience?: number;
}

/**
 * Grades all that is due of each submission. One submission after another is read, and no more of them are in memory than are
 * at work; what has the same bytes is graded once.
 *
 * @returns in the order of the sources; nothing when it was ended
 */
export async function gradeClass(
  sources: SubmissionSource[],
  options: ClassGradingOptions,
): Promise<SubmissionResult[] | undefined> {
  const grading = new ClassGrading(sources, options);
  return await grading.run();
}

/** One exercise of one submission. */
interface Task {
  result: SubmissionResult;
  at: number;
  graded: GradedExercise;
  submission: Submission;
}

class ClassGrading {
  readonly #options: ClassGradingOptions;
  readonly #sources: SubmissionSource[];
  readonly #exercises: Map<string, Exercise>;
  readonly #progress: ClassProgress;
  readonly #signal: AbortSignal;
  readonly #results: SubmissionResult[] = [];
  /** What was graded in this run, or is, by its key. */
  readonly #known = new Map<string, Promise<Judged>>();
  /** Those that wait for the grading of the same bytes. */
  readonly #waiting: Promise<void>[] = [];
  #isBroken = false;

  constructor(sources: SubmissionSource[], options: ClassGradingOptions) {
    this.#sources = sources;
    this.#options = options;
    this.#signal = options.signal ?? new AbortController().signal;
    this.#progress = options.progress ?? new ClassProgress(sources.length, options.due.exercises.length);
    const { course, due } = options;
    this.#exercises = new Map(due.exercises.map(({ label }) => [label, course.exercise(label)]));
  }

  async run(): Promise<SubmissionResult[] | undefined> {
    await using staging = await Staging.open(this.#options.course);
    const tasks = this.#tasks();
    const workers = Array.from({ length: this.#options.jobs }, () => this.#work(tasks, staging));
    const all = Promise.all(workers).then(() => Promise.all(this.#waiting));
    const ended = Promise.withResolvers<"ended">();
    const end = (): void => ended.resolve("ended");
    this.#signal.addEventListener("abort", end, { once: true });
    if (this.#signal.aborted) end();
    try {
      if ((await Promise.race([all, ended.promise])) === "ended") return undefined;
    } finally {
      this.#isBroken = true;
      this.#signal.removeEventListener("abort", end);
      // Nobody hears of it any more.
      all.catch(() => {});
    }
    for (const result of this.#results) {
      result.points = sumOfPoints(result.results.map(({ points }) => points));
      result.maxPoints = sumOfPoints(result.results.map(({ maxPoints }) => maxPoints));
    }
    return this.#results;
  }

  async *#tasks(): AsyncGenerator<Task, void> {
    for (const { id, name, source, kind, read } of this.#sources.map(bound)) {
      const submission = await readOrTell(read);
      const { refused, ignored, ignoredCount, problem } = submission;
      const result: SubmissionResult = {
        id,
        name,
        source,
        kind,
        refused,
        ignored,
        ignoredCount,
        ...(problem !== undefined && { problem }),
        results: [],
        points: 0,
        maxPoints: 0,
      };
      this.#results.push(result);
      for (const [at, graded] of this.#options.due.exercises.entries())
        yield { result, at, graded, submission };
    }
  }

  async #work(tasks: AsyncGenerator<Task, void>, staging: Staging): Promise<void> {
    while (!this.#isOver) {
      const { value: task, done } = await tasks.next();
      if (done === true || task === undefined) return;
      await this.#take(task, staging);
    }
  }

  /** A worker does not wait for what another one is grading. */
  async #take(task: Task, staging: Staging): Promise<void> {
    const { graded, submission } = task;
    const answer = submission.answers.get(graded.label);
    const unrun = this.#unrun(task, answer);
    if (answer === undefined || unrun !== undefined) {
      if (unrun !== undefined) await this.#settle(task, unrun, this.#key(graded, ""), "unrun");
      return;
    }
    const key = this.#key(graded, answer.hash);
    const known = this.#known.get(key);
    if (known !== undefined) {
      const settled = known.then((judged) => this.#settle(task, judged, key, "known"));
      settled.catch(() => {});
      this.#waiting.push(settled);
      return;
    }
    const here = Promise.withResolvers<Judged>();
    // Others may wait for it, or nobody.
    here.promise.catch(() => {});
    this.#known.set(key, here.promise);
    try {
      const kept = await this.#kept(task, key);
      const judged = kept ?? (await this.#grade(graded.label, answer, staging));
      if (this.#isOver) return;
      if (kept === undefined) await this.#options.cache?.write(key, judged);
      here.resolve(judged);
      await this.#settle(task, judged, key, kept === undefined ? "graded" : "known");
    } catch (error) {
      here.reject(error);
      throw error;
    }
  }

  get #isOver(): boolean {
    return this.#isBroken || this.#signal.aborted;
  }

  /** What came of it where there is nothing to run. */
  #unrun({ graded, submission }: Task, answer: Answer | undefined): Judged | undefined {
    const { due, judge } = this.#options;
    const exercise = this.#exercise(graded.label);
    const absent = (reason: string): Judged => absentFor(exercise, answer, judge.seal.level, reason);
    if (submission.problem !== undefined) return absent(submission.problem);
    if (answer === undefined) return absent(whyAbsent(exercise, submission.refused));
    const missing = whatIsMissing(exercise, answer, submission.refused);
    if (missing !== undefined) return failedUnrun(exercise, answer, judge.seal.level, missing);
    if (answer.isStub && !due.named.has(graded.label)) return absent("It is the untouched stub");
    return undefined;
  }

  async #kept({ result, graded }: Task, key: string): Promise<Judged | undefined> {
    const { folder, cache } = this.#options;
    return (await folder?.read(result.id, graded.label, key)) ?? (await cache?.read(key));
  }

  async #grade(label: string, answer: Answer, staging: Staging): Promise<Judged> {
    const started = performance.now();
    const ended = this.#progress.began();
    const judged = await gradeAnswer(
      this.#exercise(label),
      answer,
      { ...this.#options, staging },
      this.#signal,
    );
    ended(performance.now() - started);
    return judged;
  }

  async #settle(task: Task, judged: Judged, key: string, origin: Origin): Promise<void> {
    if (this.#isOver) return;
    const result = worth(judged, task.graded);
    await this.#options.folder?.write(task.result.id, result, key);
    task.result.results[task.at] = result;
    this.#progress.ended(result, origin);
  }

  #exercise(label: string): Exercise {
    return this.#exercises.get(label) as Exercise;
  }

  #key({ label, suiteHash }: GradedExercise, answerHash: string): string {
    const { judge, versions } = this.#options;
    return answerKey({ label, answerHash, suiteHash, level: judge.seal.level, versions });
  }
}

/** It is told in the submission what is wrong with it. Should that fail, the class goes on. */
async function readOrTell(read: () => Promise<Submission>): Promise<Submission> {
  try {
    return await read();
  } catch (error) {
    const why = printable(error instanceof Error ? error.message : String(error)).replaceAll("\n", " ");
    const problem = `It could not be read: ${why}`;
    return { refused: [], ignored: [], ignoredCount: 0, problem, answers: new Map() };
  }
}

function bound(
  source: SubmissionSource,
): Omit<SubmissionSource, "read"> & { read: () => Promise<Submission> } {
  const { id, name, source: where, kind } = source;
  return { id, name, source: where, kind, read: () => source.read() };
}
