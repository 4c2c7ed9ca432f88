import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import type { GradeOptions, Verdict } from "@tcpip-workshop/grader";
import { graderEnvironment } from "../grader-environment.ts";
import { SpareCpu } from "./spare-cpu.ts";

/** One grading to be made. */
export interface GradingTask {
  /** Of the course's, or another one's folder, absolute. */
  label: string;
  /** The answer's folder, absolute. */
  folder: string;
  options: GradeOptions;
  /** In a process that has graded nothing yet and grades nothing else, as a learner's own command is. */
  isFresh?: boolean;
  /** In a cell. */
  isSealed?: boolean;
}

export interface Graded {
  verdict: Verdict;
  /** Processes and sockets that are there after it and were not before. */
  left: string[];
}

/** Is told that a grading has begun, and how to end it: what asked for it is rejected then. */
export type Began = (end: () => void) => void;

interface Pending {
  task: GradingTask;
  began: Began | undefined;
  resolve: (graded: Graded) => void;
  reject: (error: Error) => void;
}

/** Milliseconds between two looks at the machine. */
const interval = 200;
/** The part of the machine that must be idle before one more grading starts than there are cores. */
const enoughIdle = 0.3;

/**
 * Gradings side by side, in the order they were asked for. Each grader has a process of its own, for one thread runs one
 * suite at a time. Most of a wrong answer's time is waiting for what never comes: as many run at once as there are cores
 * and one, and more only while the machine has CPU time to spare, so that they do not disturb each other.
 */
export class Gradings implements Disposable, AsyncDisposable {
  readonly #most: number;
  readonly #always: number;
  readonly #spare: { look(): number };
  #timer: NodeJS.Timeout | undefined;
  readonly #waiting: Pending[] = [];
  readonly #idle: ChildProcess[] = [];
  readonly #busy = new Map<ChildProcess, Pending>();

  /**
   * @param most how many at once, however idle the machine is; at least one
   * @param spare tells how much of the machine is idle
   */
  constructor(most: number, spare: { look(): number } = new SpareCpu()) {
    this.#most = most;
    this.#spare = spare;
    this.#always = Math.min(most, 1 + availableParallelism());
  }

  /** How many are over. */
  done = 0;

  /** How many have been asked for. */
  get total(): number {
    return this.done + this.#busy.size + this.#waiting.length;
  }

  /** How many are under way. */
  get running(): number {
    return this.#busy.size;
  }

  /** @throws {Error} when the grader itself breaks; whatever an answer does is a verdict */
  grade(task: GradingTask, began?: Began): Promise<Graded> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ task, began, resolve, reject });
      this.#assign();
    });
  }

  [Symbol.dispose](): void {
    void this[Symbol.asyncDispose]();
  }

  /** Waits until all graders are gone, and with them their answers. */
  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all([...this.#idle, ...this.#busy.keys()].map(end));
  }

  #assign(): void {
    while (this.#waiting.length > 0 && this.#busy.size < this.#always) this.#begin();
    if (this.#waiting.length > 0) {
      this.#timer ??= setInterval(() => this.#assignMore(), interval);
    } else {
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
  }

  /** One at a time: what the last one started costs is seen before the next. */
  #assignMore(): void {
    if (this.#spare.look() >= enoughIdle && this.#busy.size < this.#most) this.#begin();
    this.#assign();
  }

  #begin(): void {
    const pending = this.#waiting.shift();
    if (pending === undefined) return;
    const grader = (pending.task.isFresh ? undefined : this.#idle.pop()) ?? this.#start();
    this.#busy.set(grader, pending);
    grader.send(pending.task);
    pending.began?.(() => void end(grader));
  }

  #start(): ChildProcess {
    const grader = fork(fileURLToPath(new URL("grading-process.ts", import.meta.url)), {
      env: graderEnvironment(),
    });
    grader.on("message", (graded: Graded) => {
      this.done++;
      const pending = this.#busy.get(grader);
      this.#busy.delete(grader);
      if (pending?.task.isFresh) grader.kill("SIGKILL");
      else this.#idle.push(grader);
      pending?.resolve(graded);
      this.#assign();
    });
    grader.on("exit", (code, signal) => {
      const [pending, at] = [this.#busy.get(grader), this.#idle.indexOf(grader)];
      this.#busy.delete(grader);
      if (at !== -1) this.#idle.splice(at, 1);
      const how = signal ?? `exit code ${code}`;
      pending?.reject(
        new Error(`Expected a verdict on ${pending.task.folder}, but its grader ended with ${how}`),
      );
      this.#assign();
    });
    return grader;
  }
}

/** Milliseconds that a grader has to end by itself. */
const ending = 1000;

/** It ends its answers with itself, which nobody else knows; unless it is too busy to hear of it. */
async function end(grader: ChildProcess): Promise<void> {
  if (grader.exitCode !== null || grader.signalCode !== null) return;
  const timer = setTimeout(() => grader.kill("SIGKILL"), ending);
  const gone = once(grader, "exit");
  if (grader.connected) grader.disconnect();
  await gone;
  clearTimeout(timer);
}
