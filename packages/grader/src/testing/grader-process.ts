import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Exercise } from "../exercise.ts";
import type { GradeOptions } from "../grade.ts";
import type { Verdict } from "../verdict.ts";

/** A {@link Grader} in a process of its own. One grading at a time. */
export class GraderProcess {
  readonly #child: ChildProcess;

  /** @param options.overhear the file that gets all that the grader tells other processes */
  constructor({ overhear, env = {} }: { overhear?: string; env?: { [name: string]: string } } = {}) {
    const before = overhear === undefined ? [] : ["--import", overhearing(overhear)];
    this.#child = fork(
      fileURLToPath(new URL("grade-host.ts", import.meta.url)),
      [fileURLToPath(new URL("../..", import.meta.url))],
      // Not what Vitest was started with.
      { execArgv: before, env: { PATH: process.env["PATH"], ...env } },
    );
  }

  async grade(exercise: Exercise, folder: string, options: GradeOptions = {}): Promise<Verdict> {
    const { label, suite, files, scratch, packages, hints } = exercise;
    this.#child.send({
      exercise: { label, folder: exercise.folder, suite, files, scratch, packages, hints },
      folder,
      options,
    });
    const over = new AbortController();
    const died = once(this.#child, "exit", { signal: over.signal }).then(([code]) => {
      throw new Error(`The grader's process exited with code ${String(code)} while it was grading`);
    });
    const [verdict] = (await Promise.race([once(this.#child, "message"), died])) as [Verdict];
    over.abort();
    died.catch(() => {});
    return verdict;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.disconnect();
    await once(this.#child, "exit");
  }
}

function overhearing(to: string): string {
  const url = new URL("overhear.ts", import.meta.url);
  url.searchParams.set("to", to);
  return url.href;
}
