import { join } from "node:path";
import type { Exercise, TestVerdict, Verdict } from "@tcpip-workshop/grader";
import { answerContext } from "../course/answer-context.ts";
import type { Course } from "../course/course.ts";
import { keep } from "../course/keep.ts";
import { findTarget, type Target } from "../course/target.ts";
import { UserError } from "../course/user-error.ts";
import { allFiles, answerFiles } from "./answer-files.ts";
import { stampOf } from "./file-state.ts";
import { FileWatch, type FileWatchOptions } from "./file-watch.ts";
import type { FromGrader } from "./grader-host.ts";
import type { Live, LiveEvent, LiveListener } from "./live-event.ts";
import { WarmGrader } from "./warm-grader.ts";

export type LiveOptions = Pick<FileWatchOptions, "watch" | "slow" | "fast">;

/** A grader that has made so many gradings is replaced: it keeps every suite it has run in memory. */
const mostGradings = 60;

/**
 * So many milliseconds after a test has failed it is told, if the others go on: a verdict that is there by then says it better,
 * and two screens in a blink are none.
 */
const worthTelling = 300;

/** One grading under way. */
interface Run {
  id: number;
  label: string;
  /** What the answer's files were when it began. */
  stamp: string;
  done: number;
  total: number;
}

/**
 * Grades the learner's answer to one exercise whenever it is saved. What a verdict leaves behind is kept, as `workshop test`
 * keeps it. Two graders are warm: when a save comes while one is at work, that one is ended, and the other goes on.
 */
export class LiveGrading implements Live {
  readonly #course: Course;
  readonly #options: LiveOptions;
  readonly #listeners = new Set<LiveListener>();
  readonly #ending = new Set<Promise<void>>();
  /** How long the last grading took, by label, in milliseconds. */
  readonly #took = new Map<string, number>();
  #label: string;
  #last: Live["last"];
  #watch: FileWatch | undefined;
  #grader: WarmGrader | undefined;
  #standby: WarmGrader | undefined;
  #run: Run | undefined;
  /** The exercise cannot be read, and that has been told. */
  #isUnreadable = false;
  #failing: NodeJS.Timeout | undefined;
  #runs = 0;
  #wantsSockets = false;
  #isOver = false;

  /** Watches the exercise, and grades its answer as it is now. Events come from the next turn of the event loop on. */
  static start(course: Course, label: string, options: LiveOptions = {}): LiveGrading {
    const live = new LiveGrading(course, label, options);
    setImmediate(() => live.turnTo(live.label));
    return live;
  }

  private constructor(course: Course, label: string, options: LiveOptions) {
    this.#course = course;
    this.#label = label;
    this.#options = options;
    // It loads while we go on.
    this.#grader = this.#start();
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
    if (this.#isOver) return;
    this.#watch?.[Symbol.dispose]();
    this.#label = label;
    this.#last = undefined;
    this.#tell({ kind: "watching", label, how: "events" });
    this.#watch = new FileWatch(this.#folder, () => this.#files(), {
      ...this.#options,
      onChange: () => this.#changed(),
      onPolling: (why) => this.#tell({ kind: "watching", label, how: "polling", why }),
    });
    this.grade();
  }

  grade(): void {
    if (this.#isOver) return;
    this.#giveUp();
    const label = this.#label;
    const exercise = this.#read();
    if (exercise instanceof UserError) return this.#cannotRead(exercise);
    this.#isUnreadable = false;
    const total = exercise.hints.length;
    this.#run = { id: ++this.#runs, label, stamp: this.#stamp(), done: 0, total };
    const took = this.#took.get(label);
    this.#tell({ kind: "grading", label, total, ...(took !== undefined && { last: took }) });
    this.#grader ??= this.#start();
    this.#grader.tell({ kind: "grade", label, run: this.#run.id });
  }

  watchSockets(wanted: boolean): void {
    this.#wantsSockets = wanted;
    for (const grader of [this.#grader, this.#standby]) grader?.tell({ kind: "sockets", wanted });
  }

  /** Ends everything that it has started, and waits until it is gone. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true;
    this.#endRun();
    this.#watch?.[Symbol.dispose]();
    for (const grader of [this.#grader, this.#standby]) if (grader) this.#end(grader);
    await Promise.all(this.#ending);
  }

  /** The run under way has begun with these very files, or it is of no use. */
  #changed(): void {
    if (this.#isUnreadable && this.#read() instanceof UserError) return;
    if (this.#run === undefined || this.#run.stamp !== this.#stamp()) this.grade();
  }

  get #folder(): string {
    return join(this.#course.root, "exercises", this.#label);
  }

  /** The exercise as it is now; another branch may be there, or nothing while somebody makes the folder anew. */
  #read(): Exercise | UserError {
    try {
      return this.#course.exercise(this.#label);
    } catch (error) {
      if (error instanceof UserError) return error;
      throw error;
    }
  }

  #cannotRead({ message }: UserError): void {
    this.#endRun();
    // An answer's process that was started ahead while there was no folder could not read the one that comes in its place.
    for (const grader of [this.#grader, this.#standby]) if (grader) this.#end(grader);
    this.#grader = this.#standby = undefined;
    this.#isUnreadable = true;
    this.#last = undefined;
    this.#tell({ kind: "broken", label: this.#label, message, isUnreadable: true });
  }

  /** What a verdict depends on, be it there or not; all there is while the exercise cannot be read, to see when it is back. */
  #files(): string[] {
    const exercise = this.#read();
    if (exercise instanceof UserError) return allFiles(this.#folder);
    const due = exercise.files.map((file) => join(this.#folder, file));
    return [...new Set([...due, ...answerFiles(this.#folder)])];
  }

  #stamp(): string {
    return stampOf(this.#files());
  }

  /** The other grader goes on, so that nobody waits for the end of this one. */
  #giveUp(): void {
    if (this.#run === undefined || this.#grader === undefined) return;
    this.#endRun();
    this.#end(this.#grader);
    this.#grader = this.#standby;
    this.#standby = undefined;
  }

  #end(grader: WarmGrader): void {
    const ended = grader[Symbol.asyncDispose]();
    this.#ending.add(ended);
    void ended.finally(() => this.#ending.delete(ended));
  }

  #start(): WarmGrader {
    const grader = new WarmGrader(
      this.#course.root,
      (message) => this.#hear(message),
      (how) => this.#lose(grader, how),
    );
    if (this.#wantsSockets) grader.tell({ kind: "sockets", wanted: true });
    return grader;
  }

  #lose(grader: WarmGrader, how: string): void {
    if (grader === this.#standby) this.#standby = undefined;
    if (grader !== this.#grader) return;
    this.#grader = undefined;
    if (this.#run !== undefined) this.#break(`The grader's process ended with ${how}`);
  }

  #break(message: string): void {
    this.#endRun();
    this.#tell({ kind: "broken", label: this.#label, message });
  }

  #hear(message: FromGrader): void {
    const run = this.#run;
    // Of a run that was given up.
    if (run === undefined || message.run !== run.id) return;
    const { label } = run;
    if (message.kind === "broken") return this.#break(message.message);
    if (message.kind === "sockets") return this.#tell({ kind: "sockets", label, lines: message.lines });
    if (message.kind === "verdict") return this.#judge(run, message);
    const { title, status, done, total, firstFailed } = message;
    Object.assign(run, { done, total });
    this.#tell({ kind: "test", label, title, status, done, total });
    if (firstFailed?.failure?.blame !== "answer") return;
    this.#failing = setTimeout(() => this.#tellFailing(run, firstFailed), worthTelling);
  }

  /** Nothing is told of an answer that was changed meanwhile: it is graded again anyway. */
  #tellFailing({ id, label, stamp, done, total }: Run, test: TestVerdict): void {
    if (this.#run?.id !== id || this.#stamp() !== stamp || this.#read() instanceof UserError) return;
    const verdict: Verdict = {
      exercise: label,
      status: "fail",
      tests: [test],
      processes: 0,
      seed: "",
      duration: 0,
    };
    const context = answerContext(this.#course, this.#target(label), verdict);
    // One failing test does not tell yet which mistake it is.
    this.#tell({
      kind: "failing",
      label,
      verdict,
      context: { ...context, tells: [], soFar: { done, total } },
    });
  }

  #target(label: string): Target {
    return findTarget(this.#course, `exercises/${label}`, this.#course.root);
  }

  #judge({ label, stamp }: Run, { verdict }: Extract<FromGrader, { kind: "verdict" }>): void {
    this.#endRun();
    // It may be on what was there before: whoever sees it would not know.
    if (this.#stamp() !== stamp || this.#read() instanceof UserError) return this.grade();
    const target = this.#target(label);
    const context = answerContext(this.#course, target, verdict);
    const kept = keep(this.#course, target, verdict, context).trim();
    this.#took.set(label, verdict.duration);
    this.#last = { kind: "verdict", label, verdict, context, ...(kept !== "" && { kept }) };
    this.#tell(this.#last);
    this.#makeReady();
  }

  /** For the next save, while the learner reads. */
  #makeReady(): void {
    if (this.#isOver || this.#run !== undefined) return;
    if (this.#grader !== undefined && this.#grader.gradings >= mostGradings) {
      this.#end(this.#grader);
      this.#grader = this.#standby;
      this.#standby = undefined;
    }
    this.#grader ??= this.#start();
    this.#standby ??= this.#start();
    for (const grader of [this.#grader, this.#standby]) grader.tell({ kind: "prepare", label: this.#label });
  }

  #endRun(): void {
    clearTimeout(this.#failing);
    this.#run = undefined;
  }

  #tell(event: LiveEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}
