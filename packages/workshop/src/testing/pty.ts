import { execFileSync, spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import headless from "@xterm/headless";

/** What the tests lack here, or nothing: `script` of util-linux makes the pseudo-terminal. */
export const missing = lacksScript() ? "script (util-linux) is missing" : "";

/** So long a screen may take, in milliseconds: only so that a wait in vain says what was there instead. */
const patience = 40_000;

export interface PtyOptions {
  columns?: number;
  rows?: number;
  env?: { [name: string]: string };
  /** A shell stays when the command is over, and says its exit code: the terminal can still be asked. */
  stays?: boolean;
  /** It is typed into a shell with job control. */
  inShell?: boolean;
}

/**
 * A command in a pseudo-terminal of its own, and the screen as a terminal would draw it. Its terminal goes when disposed,
 * as when a window is closed.
 */
export class Pty implements AsyncDisposable {
  readonly #folder = mkdtempSync(join(tmpdir(), "pty-"));
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #screen: headless.Terminal;
  /** The exit code of the command; 128 and the signal's number after a signal. */
  readonly exitCode: Promise<number | null>;
  /** All that was written, control characters and all. */
  written = "";

  constructor(
    command: string[],
    { columns = 80, rows = 24, env = {}, stays = false, inShell = false }: PtyOptions = {},
  ) {
    this.#screen = new headless.Terminal({ cols: columns, rows, scrollback: 5000, allowProposedApi: true });
    const file = (name: string): string => quoted(join(this.#folder, name));
    const typed = command.map(quoted).join(" ");
    const line = [
      `stty rows ${rows} cols ${columns}`,
      `tty > ${file("tty")}`,
      `echo $$ > ${file("pid")}`,
      inShell ? "exec sh -i" : stays ? `${typed}; echo "exit code $?"; exec cat` : `exec ${typed}`,
    ];
    this.#child = spawn("script", ["-qfec", line.join("; "), "/dev/null"], {
      env: { PATH: process.env["PATH"], TERM: "xterm-256color", SHELL: "/bin/sh", PS1: "$ ", ...env },
    });
    this.#child.stdout.setEncoding("utf8").on("data", (text: string) => {
      this.written += text;
      this.#screen.write(text);
    });
    this.#child.stdin.on("error", () => {});
    if (inShell) this.type(`${typed}\n`);
    this.exitCode = new Promise((resolve) => this.#child.once("close", (code) => resolve(code)));
  }

  /** The process id of the command, where a shell stays behind it. */
  get childPid(): number {
    const shell = readFileSync(join(this.#folder, "pid"), "utf8").trim();
    return Number(readFileSync(`/proc/${shell}/task/${shell}/children`, "utf8").trim().split(" ")[0]);
  }

  /** The lines in sight, from the top, without empty ones at the end. */
  get screen(): string {
    const { baseY } = this.#screen.buffer.active;
    return this.#lines(baseY, baseY + this.#screen.rows);
  }

  /** All lines, with those that went up out of sight. */
  get history(): string {
    return this.#lines(0, this.#screen.buffer.active.length);
  }

  /** How the terminal is set: `icanon` and `echo`, or `-icanon` and `-echo` while keys are heard one by one. */
  get modes(): string {
    return this.#stty("-a");
  }

  type(keys: string): void {
    this.#child.stdin.write(keys);
  }

  resize(columns: number, rows: number): void {
    this.#screen.resize(columns, rows);
    this.#stty("rows", String(rows), "cols", String(columns));
  }

  /** Waits until the screen matches, and returns it. */
  async sees(pattern: RegExp): Promise<string> {
    return await this.#until(pattern, () => this.screen);
  }

  /** Waits until what has come since the beginning matches, and returns it. */
  async saw(pattern: RegExp): Promise<string> {
    return await this.#until(pattern, () => this.history);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Its end of the terminal closes, and what runs there hears SIGHUP.
    this.#child.kill("SIGKILL");
    await this.exitCode;
    this.#screen.dispose();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #until(pattern: RegExp, look: () => string): Promise<string> {
    const until = performance.now() + patience;
    for (;;) {
      // What was written is drawn a moment later.
      await new Promise<void>((resolve) => this.#screen.write("", resolve));
      const text = look();
      if (pattern.test(text)) return text;
      if (this.#child.exitCode !== null || this.#child.signalCode !== null)
        throw new Error(`Expected ${String(pattern)}, but it ended. The screen:\n${text}`);
      if (performance.now() > until)
        throw new Error(`Expected ${String(pattern)}, but for ${patience / 1000} s the screen was:\n${text}`);
      await setTimeout(10);
    }
  }

  #lines(from: number, to: number): string {
    const lines: string[] = [];
    for (let row = from; row < to; row++)
      lines.push(this.#screen.buffer.active.getLine(row)?.translateToString(true) ?? "");
    return lines.join("\n").trimEnd();
  }

  #stty(...settings: string[]): string {
    const tty = readFileSync(join(this.#folder, "tty"), "utf8").trim();
    return execFileSync("stty", ["-F", tty, ...settings], { encoding: "utf8" });
  }
}

function lacksScript(): boolean {
  try {
    return !execFileSync("script", ["--version"], { encoding: "utf8", stdio: "pipe" }).includes("util-linux");
  } catch {
    return true;
  }
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
