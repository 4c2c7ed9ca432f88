import { fork, type ChildProcess } from "node:child_process";
import { watch, type FSWatcher } from "node:fs";
import { fileURLToPath } from "node:url";
import { answerContext } from "../course/answer-context.ts";
import type { Course } from "../course/course.ts";
import { keep } from "../course/keep.ts";
import { digestOf } from "../course/progress.ts";
import { findTarget } from "../course/target.ts";
import type { ToGrader, FromGrader } from "./grader-host.ts";
import type { Live, LiveEvent, LiveListener } from "./live-event.ts";

/** Grades the learner's answer to one exercise whenever it is saved. What a verdict leaves behind is kept, as `workshop test` keeps it. */
export class LiveGrading implements Live {
  readonly #course: Course;
  readonly #listeners = new Set<LiveListener>();
  #label: string;
  #last: Live["last"];
  #watcher: FSWatcher | undefined;
  #grader: ChildProcess | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** Watches the exercise, and grades its answer as it is now. */
  static start(course: Course, label: string): Live {
    const live = new LiveGrading(course, label);
    // Whoever listens at once misses nothing.
    setImmediate(() => live.turnTo(label));
    return live;
  }

  private constructor(course: Course, label: string) {
    this.#course = course;
    this.#label = label;
  }

  get label(): string {
    return this.#label;
  }

  get last(): Live["last"] {
    return this.#last;
  }

  listen(listener: LiveListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  turnTo(label: string): void {
    this.#watcher?.close();
    this.#label = label;
    this.#last = undefined;
    const exercise = this.#course.exercise(label);
    this.#watcher = watch(exercise.folder, (_, name) => {
      if (name !== null && exercise.files.includes(name)) this.grade();
    });
    this.#tell({ kind: "watching", label, how: "events" });
    this.grade();
  }

  grade(): void {
    this.#grader?.kill();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#begin(), 5);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#watcher?.close();
    clearTimeout(this.#timer);
    this.#grader?.kill();
  }

  #begin(): void {
    const label = this.#label;
    const exercise = this.#course.exercise(label);
    const digest = digestOf(exercise);
    const target = findTarget(this.#course, `exercises/${label}`, this.#course.root);
    const grader = fork(fileURLToPath(new URL("grader-host.ts", import.meta.url)), [this.#course.root]);
    this.#grader = grader;
    const last = this.#last && { last: this.#last.verdict.duration };
    this.#tell({ kind: "grading", label, total: exercise.hints.length, ...last });
    grader.on("message", (message: FromGrader) => {
      if (grader !== this.#grader) return;
      if (message.kind !== "verdict") return this.#tell({ ...message, label });
      grader.kill();
      if (digestOf(exercise) !== digest) return this.grade();
      const context = answerContext(this.#course, target, message.verdict);
      keep(this.#course, target, message.verdict, context);
      this.#last = { kind: "verdict", label, verdict: message.verdict, context };
      this.#tell(this.#last);
    });
    grader.send({ label } satisfies ToGrader);
  }

  #tell(event: LiveEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}
