import { createHash } from "node:crypto";
import {
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import type { Course } from "../../course/course.ts";
import type { Answer } from "../submission/submission.ts";
import { stage } from "../submission/stage.ts";

const prefix = "tcpip-workshop-grade-";

/** Milliseconds after which a folder is removed of which nobody can say whether its run is gone. */
const old = 24 * 60 * 60 * 1000;

/** An answer where it can be graded; gone when disposed. */
export interface Staged extends AsyncDisposable {
  /** Absolute; holds the answer's files and nothing else. */
  folder: string;
}

/**
 * A private folder (mode 0700) in which each answer gets a fresh one of its own; gone when disposed, and at the latest when the
 * process exits. What a run that was killed has left is removed by the next one.
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
    const base = await mkdtemp(join(tmpdir(), `${prefix}${here()}-${process.pid}-`));
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

/** What runs of this machine that are gone have left, and of others, whose process ids say nothing here, what is a day old. */
function removeOld(): void {
  for (const name of readdirSync(tmpdir())) {
    if (!name.startsWith(prefix)) continue;
    const [where, pid] = name.slice(prefix.length).split("-");
    const isOurs = where === here();
    if (isOurs && isRunning(Number(pid))) continue;
    const path = join(tmpdir(), name);
    const stat = lstatSync(path, { throwIfNoEntry: false });
    if (stat?.isDirectory() !== true || stat.uid !== process.getuid?.()) continue;
    if (isOurs || Date.now() - stat.mtimeMs > old) rmSync(path, { recursive: true, force: true });
  }
}

/** The same for two processes whose ids tell of each other: this boot of this machine, this process namespace. */
function here(): string {
  let place = hostname();
  try {
    place += readFileSync("/proc/sys/kernel/random/boot_id", "latin1") + readlinkSync("/proc/self/ns/pid");
  } catch {
    // No Linux.
  }
  return createHash("sha256").update(place).digest("hex").slice(0, 8);
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
