import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { fileURLToPath } from "node:url";
import { vi } from "vitest";

type Line = Record<string, unknown>;

/** As long as a machine with every core busy may need. */
const patience = { timeout: 30_000, interval: 5 };

/** A command as a process of its own. */
export class CommandProcess implements AsyncDisposable {
  readonly child: ChildProcessWithoutNullStreams;
  readonly exited: Promise<number | null>;
  stdout = "";
  stderr = "";

  /** @param main the file that runs it */
  constructor(main: URL, args: string[], env: Record<string, string> = {}) {
    const command = ["--disable-warning=ExperimentalWarning", fileURLToPath(main), ...args];
    this.child = spawn(process.execPath, command, { env: { PATH: process.env["PATH"], ...env } });
    this.child.stdout.on("data", (chunk: Buffer) => (this.stdout += chunk.toString()));
    this.child.stderr.on("data", (chunk: Buffer) => (this.stderr += chunk.toString()));
    this.exited = new Promise((resolve) => this.child.once("close", (code) => resolve(code)));
  }

  /** All whole lines so far. */
  get lines(): Line[] {
    const whole = this.stdout.split("\n").slice(0, -1);
    return whole.map((line) => JSON.parse(line) as Line);
  }

  /** Waits for the first line that tells this event. */
  async line(event: string): Promise<Line> {
    return await vi.waitUntil(() => this.lines.find((line) => line["event"] === event), patience);
  }

  /** Where it listens. */
  async port(): Promise<number> {
    return Number((await this.line("listening"))["localPort"]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.child.kill("SIGKILL");
    await this.exited;
  }
}
