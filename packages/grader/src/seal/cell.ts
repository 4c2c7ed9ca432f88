import { spawn, type ChildProcess } from "node:child_process";
import { cpSync, mkdirSync, rmSync, symlinkSync } from "node:fs";
import { basename, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { cacheFolder } from "../process/cache-folder.ts";
import { Output } from "../process/output.ts";
import { printable } from "../printable.ts";
import type { Verdict } from "../verdict.ts";
import { makeCellFolder } from "./cell-folder.ts";
import { cellCommand, inCell } from "./cell-layout.ts";

/** What a cell is asked to grade. */
export interface CellTask {
  /** The exercise's folder, relative to the course's. */
  exercise: string;
  /** The answer's folder, in the submission's. */
  label: string;
  options: CellOptions;
}

/** What a grading in a cell may be told. */
export interface CellOptions {
  seed?: Verdict["seed"];
  /** Run the answer without Node's permission model: to see what holds behind that. */
  permissive?: boolean;
}

type Reply = { verdict: Verdict } | { problem: string } | { ready: true };

/**
 * A grader in namespaces of its own, with a network of its own, for one answer, which is behind one more seal. It is started at once, so that it is ready when the
 * answer comes. Linux only, with bubblewrap and user namespaces: whether it holds here, canaries tell.
 */
export class Cell implements AsyncDisposable {
  readonly #root: string;
  /** Outside; what is put here is there in the cell. */
  readonly #submission: string;
  readonly #child: ChildProcess;
  readonly #output = new Output();
  readonly #replies: Promise<Reply>;
  readonly #gone: Promise<void>;

  /** @param root the course's folder */
  constructor(root: string) {
    this.#root = root;
    this.#submission = makeCellFolder();
    symlinkSync(`${inCell.course}/exercises/node_modules`, join(this.#submission, "node_modules"));
    const cache = cacheFolder();
    for (const folder of ["stripped/answers", "stripped/packages", "compiled"])
      mkdirSync(join(cache, folder), { recursive: true });
    const script = fileURLToPath(new URL("cell-main.ts", import.meta.url));
    const [command, ...args] = cellCommand(script, { root, submission: this.#submission, cache });
    this.#child = spawn(command, args, {
      detached: true,
      stdio: ["ignore", "pipe", "pipe", "ipc"],
      env: { PATH: process.env["PATH"] },
    });
    if (this.#child.stdout) this.#output.collect(this.#child.stdout);
    if (this.#child.stderr) this.#output.collect(this.#child.stderr);
    const { promise: replied, resolve, reject } = Promise.withResolvers<Reply>();
    this.#replies = replied;
    this.#replies.catch(() => {});
    this.#child.on("message", (reply: Reply) => "ready" in reply || resolve(reply));
    this.#gone = new Promise((gone) => {
      this.#child.once("error", (error) => (reject(error), gone()));
      this.#child.once("close", (code, signal) => {
        const said = printable(this.#output.tail(5));
        reject(
          new Error(`Expected a verdict from the cell, but it ended with ${signal ?? code}. ${said}`.trim()),
        );
        gone();
      });
    });
    process.once("exit", this.#kill);
  }

  /** The outermost process; undefined where it could not be started. */
  get pid(): number | undefined {
    return this.#child.pid;
  }

  /**
   * Grades one answer; once.
   *
   * @param exercise the exercise's folder, in the course's
   * @param folder the answer's: its files are copied, and nothing else of it is there
   * @throws {Error} when the cell cannot be made here, or the grader in it breaks; whatever an answer does is a verdict
   */
  async grade(exercise: string, folder: string, options: CellOptions = {}): Promise<Verdict> {
    const label = basename(exercise);
    cpSync(folder, join(this.#submission, label), { recursive: true });
    const task: CellTask = { exercise: relative(this.#root, exercise).split(sep).join("/"), label, options };
    this.#child.send(task, () => {});
    const reply = await this.#replies;
    if ("verdict" in reply) return reply.verdict;
    throw new Error("problem" in reply ? reply.problem : "Expected a verdict from the cell, got nothing");
  }

  /** Ends the cell, and with it all that is in it, and waits until it is gone. */
  async [Symbol.asyncDispose](): Promise<void> {
    process.removeListener("exit", this.#kill);
    this.#kill();
    await this.#gone;
    rmSync(this.#submission, { recursive: true, force: true });
  }

  readonly #kill = (): void => {
    const { pid, exitCode, signalCode } = this.#child;
    if (pid === undefined || exitCode !== null || signalCode !== null) return;
    try {
      process.kill(-pid, "SIGKILL");
    } catch {
      // Gone already.
    }
  };
}
