import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { Family } from "./family.ts";

export interface RunOptions {
  /** The command's arguments: `grade class --out out …`. */
  args: string[];
  root: string;
  environment: { [name: string]: string };
  /** Where it writes results. */
  out: string;
  /** How many results there will be. */
  total: number;
  /** Killed when so many results are written. */
  killAt?: number;
  /** Milliseconds after which it is a hang. */
  patience: number;
}

export interface Run {
  code: number | null;
  signal: NodeJS.Signals | null;
  /** What it printed. */
  text: string;
  /** Milliseconds. */
  took: number;
  family: Family;
  /** Processes that were still there some seconds later. */
  left: string[];
  /** Milliseconds after its end until none was there. */
  goneAfter: number;
}

/** Milliseconds that what it started has to be gone in. */
const grace = 10_000;
const saysEach = 15_000;

/** Runs the command as an instructor does, and looks at all that comes of it. */
export async function run(options: RunOptions): Promise<Run> {
  const { args, root, environment, out, total, killAt, patience } = options;
  const started = performance.now();
  const child = spawn(
    process.execPath,
    ["--disable-warning=ExperimentalWarning", join(root, "packages/workshop/bin/workshop.js"), ...args],
    { cwd: root, env: { PATH: process.env["PATH"], ...environment }, stdio: ["ignore", "pipe", "pipe"] },
  );
  let text = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (more: string) => (text += more));
  const family = new Family(child.pid ?? 0);
  const ended = once(child, "close") as Promise<[number | null, NodeJS.Signals | null]>;
  let isOver = false;
  void ended.then(() => (isOver = true));
  let said = 0;
  while (!isOver) {
    await Promise.race([ended, setTimeout(100)]);
    const written = resultsIn(out);
    const time = performance.now() - started;
    if (time - said > saysEach) {
      said = time;
      console.log(`  ${written} of ${total} results after ${(time / 1000).toFixed(0)} s`);
    }
    if ((killAt !== undefined && written >= killAt) || time > patience) child.kill("SIGKILL");
  }
  const [code, signal] = await ended;
  family[Symbol.dispose]();
  const over = performance.now();
  let left = family.left();
  while (left.length > 0 && performance.now() - over < grace) {
    await setTimeout(50);
    left = family.left();
  }
  return {
    code,
    signal,
    text,
    took: over - started,
    family,
    left,
    goneAfter: performance.now() - over,
  };
}

/** How many results are written by now. */
export function resultsIn(out: string): number {
  const folder = join(out, "results");
  if (!existsSync(folder)) return 0;
  return readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".json"))
    .length;
}
