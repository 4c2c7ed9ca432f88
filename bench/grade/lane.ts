import type { Course } from "../../packages/workshop/src/course/course.ts";
import { chooseJudge } from "../../packages/workshop/src/grade/choose-judge.ts";
import type { Judge } from "../../packages/workshop/src/grade/judge.ts";
import { Staging } from "../../packages/workshop/src/grade/class/staging.ts";
import type { Answer } from "../../packages/workshop/src/grade/submission/submission.ts";
import { solutionOf } from "./solution.ts";

/** Milliseconds that a grading may take, as in `grade`. */
const patience = 5 * 60_000;

/** One level, at which answers are graded. */
export class Lane implements AsyncDisposable {
  /** Milliseconds until there was a judge, who has graded the canaries by then. */
  readonly startedIn: number;
  readonly #course: Course;
  readonly #judge: Judge;
  readonly #staging: Staging;
  readonly #jobs: number;

  private constructor(course: Course, judge: Judge, staging: Staging, jobs: number, startedIn: number) {
    this.#course = course;
    this.#judge = judge;
    this.#staging = staging;
    this.#jobs = jobs;
    this.startedIn = startedIn;
  }

  /** @throws {Error} when that level does not hold here */
  static async start(course: Course, level: "sealed" | "open", jobs: number): Promise<Lane> {
    const started = performance.now();
    const judge = await chooseJudge(course, { level, jobs });
    return new Lane(course, judge, await Staging.open(course), jobs, performance.now() - started);
  }

  /**
   * Grades the exercise's solution so many times, and once more for each job before the clock starts: with the first verdict, so that
   * what is made ready for the next answer while one is graded counts once for each answer, here as there.
   *
   * @returns milliseconds for one
   */
  async time(label: string, submissions: number): Promise<number> {
    const answer = solutionOf(this.#course, label);
    let [toDo, done, first] = [submissions + this.#jobs, 0, 0];
    const work = async (): Promise<void> => {
      while (toDo-- > 0) {
        await this.#grade(label, answer);
        if (++done === this.#jobs) first = performance.now();
      }
    };
    await Promise.all(Array.from({ length: this.#jobs }, work));
    return (performance.now() - first) / submissions;
  }

  async #grade(label: string, answer: Answer): Promise<void> {
    await using staged = await this.#staging.lay(answer);
    const { status, tests, reason } = await this.#judge.grade(label, staged.folder, patience);
    if (status === "pass") return;
    const failed = tests.find((test) => test.status === "fail")?.title;
    throw new Error(`Expected the solution of ${label} to pass, got ${status}: ${reason ?? failed}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#staging[Symbol.asyncDispose]();
    await this.#judge[Symbol.asyncDispose]();
  }
}
