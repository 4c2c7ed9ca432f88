import { fork, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { GradeOptions, Verdict } from "@tcpip-workshop/grader";

/** One grading to be made. */
export interface GradingTask {
  label: string;
  /** The answer's folder, absolute. */
  folder: string;
  options: GradeOptions;
}

export interface Graded {
  verdict: Verdict;
  /** Processes and sockets that are there after it and were not before. */
  left: string[];
}

interface Pending {
  task: GradingTask;
  resolve: (graded: Graded) => void;
  reject: (error: Error) => void;
}

/**
 * Gradings side by side, in the order they were asked for. Each grader has a process of its own, for one thread runs one
 * suite at a time; and most of a wrong answer's time is waiting for what never comes.
 */
export class Gradings implements Disposable {
  readonly #jobs: number;
  readonly #waiting: Pending[] = [];
  readonly #idle: ChildProcess[] = [];
  readonly #busy = new Map<ChildProcess, Pending>();

  /** @param jobs how many at once, at least one */
  constructor(jobs: number) {
    this.#jobs = jobs;
  }

  /** @throws {Error} when the grader itself breaks; whatever an answer does is a verdict */
  grade(task: GradingTask): Promise<Graded> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ task, resolve, reject });
      this.#assign();
    });
  }

  [Symbol.dispose](): void {
    for (const grader of [...this.#idle, ...this.#busy.keys()]) grader.kill("SIGKILL");
  }

  #assign(): void {
    while (this.#waiting.length > 0) {
      const grader = this.#idle.pop() ?? (this.#busy.size < this.#jobs ? this.#start() : undefined);
      if (grader === undefined) return;
      const pending = this.#waiting.shift() as Pending;
      this.#busy.set(grader, pending);
      grader.send(pending.task);
    }
  }

  #start(): ChildProcess {
    const grader = fork(fileURLToPath(new URL("grading-process.ts", import.meta.url)));
    grader.on("message", (graded: Graded) => {
      this.#busy.get(grader)?.resolve(graded);
      this.#busy.delete(grader);
      this.#idle.push(grader);
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
