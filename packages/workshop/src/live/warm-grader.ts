import { fork, type ChildProcess } from "node:child_process";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { graderEnvironment } from "../grader-environment.ts";
import type { FromGrader, ToGrader } from "./grader-host.ts";

/** Milliseconds that a grader's process has to end what it has started. */
const timeToEnd = 1000;

/** A grader in a process of its own: it can be ended in the middle of a run. */
export class WarmGrader implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;
  #isEnded = false;
  /** How many gradings it has been told to make: the suites of all of them stay in its memory. */
  gradings = 0;

  /**
   * @param root the course's
   * @param onMessage what it says
   * @param onDeath how it ended, where nobody had asked for it
   */
  constructor(root: string, onMessage: (message: FromGrader) => void, onDeath: (how: string) => void) {
    this.#child = fork(fileURLToPath(new URL("grader-host.ts", import.meta.url)), [root], {
      // A group of its own: Ctrl-C is for the workshop, which ends what it has started.
      detached: true,
      execArgv: ["--disable-warning=ExperimentalWarning"],
      env: graderEnvironment(),
      stdio: ["ignore", "ignore", "ignore", "ipc"],
    });
    this.#child.on("message", (message: FromGrader) => {
      if (!this.#isEnded) onMessage(message);
    });
    const exited = Promise.withResolvers<string>();
    this.#child.once("error", (error) => exited.resolve(error.message));
    this.#child.once("exit", (code, signal) => exited.resolve(signal ?? `exit code ${code}`));
    this.#ended = exited.promise.then((how) => this.#clear(how, onDeath));
    process.once("exit", this.#endAtExit);
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  tell(message: ToGrader): void {
    if (message.kind === "grade") this.gradings++;
    if (this.#child.connected) this.#child.send(message);
  }

  /** Ends it and every answer's process of its, whatever they do; nothing that it says is heard from now on. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isEnded = true;
    this.#child.kill("SIGTERM");
    const waiting = new AbortController();
    const late = setTimeout(timeToEnd, undefined, { signal: waiting.signal }).then(
      () => this.#child.kill("SIGKILL"),
      () => {},
    );
    await this.#ended;
    waiting.abort();
    await late;
  }

  /** It has ended its answers itself, unless it was killed. */
  async #clear(how: string, onDeath: (how: string) => void): Promise<void> {
    process.off("exit", this.#endAtExit);
    const wasAskedTo = this.#isEnded;
    this.#isEnded = true;
    const { endDescendants } = await import("@tcpip-workshop/grader");
    if (this.pid !== undefined) endDescendants(this.pid);
    if (!wasAskedTo) onDeath(how);
  }

  readonly #endAtExit = (): void => void this.#child.kill("SIGTERM");
}
