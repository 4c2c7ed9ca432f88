import { existsSync, lstatSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Course } from "../../course/course.ts";
import type { Answer } from "../submission/submission.ts";
import { stage } from "../submission/stage.ts";

const prefix = "tcpip-workshop-grade-";

/** Milliseconds after which a folder whose run is gone is removed. */
const old = 24 * 60 * 60 * 1000;

/** An answer where it can be graded; gone when disposed. */
export interface Staged extends AsyncDisposable {
  /** Absolute; holds the answer's files and nothing else. */
  folder: string;
}

/**
 * A private folder (mode 0700) in which each answer gets a fresh one of its own; gone when disposed, and at the latest when the
 * process exits. What a run that was killed has left is removed a day later.
 */
export class Staging implements AsyncDisposable {
  readonly #base: string;
  #count = 0;

  private constructor(base: string) {
    this.#base = base;
    process.once("exit", this.#removeAtExit);
  }

  static async open({ root }: Course): Promise<Staging> {
    removeOld();
    const base = await mkdtemp(join(tmpdir(), `${prefix}${process.pid}-`));
    const staging = new Staging(base);
    // What an answer imports by name is found as where its learner wrote it.
    const links = join(root, "exercises/node_modules");
    if (existsSync(links)) symlinkSync(links, join(base, "node_modules"), "junction");
    writeFileSync(join(base, "package.json"), '{ "private": true, "type": "module" }\n', { mode: 0o444 });
    return staging;
  }

  async lay(answer: Answer): Promise<Staged> {
    const folder = join(this.#base, String(++this.#count));
    await stage(answer, folder);
    return { folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    process.off("exit", this.#removeAtExit);
    await rm(this.#base, { recursive: true, force: true });
  }

  readonly #removeAtExit = (): void => rmSync(this.#base, { recursive: true, force: true });
}

/** Of processes that are gone, and not of today: the process id of a container next door says nothing here. */
function removeOld(): void {
  for (const name of readdirSync(tmpdir())) {
    const pid = Number(name.startsWith(prefix) ? name.slice(prefix.length).split("-")[0] : Number.NaN);
    if (!Number.isInteger(pid) || isRunning(pid)) continue;
    const path = join(tmpdir(), name);
    const stat = lstatSync(path, { throwIfNoEntry: false });
    if (stat?.isDirectory() !== true || stat.uid !== process.getuid?.()) continue;
    if (Date.now() - stat.mtimeMs > old) rmSync(path, { recursive: true, force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
