import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { eventually } from "./eventually.ts";

const MAIN = fileURLToPath(new URL("../main.ts", import.meta.url));

type Line = Record<string, unknown>;

/** The command as a process of its own. */
export class CommandProcess implements AsyncDisposable {
  readonly child: ChildProcessWithoutNullStreams;
  readonly exited: Promise<number | null>;
  stdout = "";
  stderr = "";

  constructor(args: string[], env: Record<string, string> = {}) {
    this.child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", MAIN, ...args], {
      env: { PATH: process.env["PATH"], ...env },
    });
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
    const find = (): Line | undefined => this.lines.find((line) => line["event"] === event);
    await eventually(() => find() !== undefined, true);
    return find()!;
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
