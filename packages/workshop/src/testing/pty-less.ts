import { spawn, type ChildProcess } from "node:child_process";
import { setTimeout } from "node:timers/promises";

/** Node with nothing to read from, and a pipe to write to; killed when disposed. */
export class PipedProcess implements AsyncDisposable {
  readonly #child: ChildProcess;
  /** The exit code, and the signal it died of. */
  readonly ended: Promise<[number | null, NodeJS.Signals | null]>;
  text = "";

  constructor(argv: string[]) {
    const child = spawn(process.execPath, argv, {
      env: { PATH: process.env["PATH"] },
      stdio: ["ignore", "pipe", "pipe"],
    });
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => (this.text += text));
    this.ended = new Promise((resolve) => child.once("close", (code, signal) => resolve([code, signal])));
    this.#child = child;
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Waits until what it has printed matches. */
  async says(pattern: RegExp): Promise<void> {
    while (!pattern.test(this.text)) {
      if (this.#child.exitCode !== null) throw new Error(`It ended, and said: ${this.text}`);
      await setTimeout(10);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.ended;
  }
}
