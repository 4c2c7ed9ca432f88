import { execFile, spawn } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const ownBin = fileURLToPath(new URL("../../bin/workshop.js", import.meta.url));

/** Runs `pnpm workshop …` as a person does: the grader runs Vitest in its own thread, so it cannot run in a test's. */
export function workshop(...argv: string[]): Promise<{ code: number; text: string }> {
  return workshopAt(ownBin, ...argv);
}

export function workshopAt(bin: string, ...argv: string[]): Promise<{ code: number; text: string }> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [bin, ...argv],
      { env: { PATH: process.env["PATH"] } },
      (error, stdout, stderr) => {
        resolve({ code: error === null ? 0 : Number(error.code), text: stdout + stderr });
      },
    );
  });
}

/** Starts `pnpm workshop …` and leaves it running; killed when disposed. */
export function startWorkshop(...argv: string[]): RunningWorkshop {
  return new RunningWorkshop(argv);
}

class RunningWorkshop {
  readonly #child;
  readonly exitCode: Promise<number | null>;
  text = "";

  constructor(argv: string[]) {
    this.#child = spawn(process.execPath, [ownBin, ...argv], { env: { PATH: process.env["PATH"] } });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => (this.text += text));
    }
    this.exitCode = new Promise((resolve) => this.#child.once("close", (code) => resolve(code)));
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Waits until what it prints matches, and returns the first group. */
  async saysMatch(pattern: RegExp): Promise<string> {
    for (;;) {
      const found = pattern.exec(this.text)?.[1];
      if (found !== undefined) return found;
      if (this.#child.exitCode !== null) throw new Error(`It ended, and said: ${this.text}`);
      await setTimeout(5);
    }
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGTERM");
    await this.exitCode;
  }
}

/** The command's entry over sources that throw; gone when disposed. */
export function brokenCopy(): { bin: string } & Disposable {
  const folder = mkdtempSync(join(tmpdir(), "workshop-"));
  const [bin, src] = [join(folder, "packages/workshop/bin"), join(folder, "packages/workshop/src")];
  mkdirSync(bin, { recursive: true });
  mkdirSync(src, { recursive: true });
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  copyFileSync(ownBin, join(bin, "workshop.js"));
  writeFileSync(
    join(src, "workshop.ts"),
    'export const run = async () => { throw new Error("broken on purpose"); };',
  );
  return {
    bin: join(bin, "workshop.js"),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}
