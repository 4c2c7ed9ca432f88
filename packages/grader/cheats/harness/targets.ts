import { fork, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Readable } from "node:stream";
import { readExercise, type Exercise } from "../../src/exercise.ts";
import { descendantsOf } from "../../src/process/kernel.ts";
import { Cell } from "../../src/seal/cell.ts";
import type { Verdict } from "../../src/verdict.ts";
import { contentOf, type Stage } from "./stage.ts";

/** What a grading has shown to whoever stands outside. */
export interface Outcome {
  passed: boolean;
  /** All that anybody would read of it. */
  text: string;
  /** Bytes of it. */
  length: number;
  verdict?: Verdict;
  /** Whether it ended within its bounds, and whether the grader itself lived to tell. */
  ended: boolean;
  graderDied: boolean;
  /** Processes that were still there when it was over. */
  processes: number[];
}

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const root = here("../..");
const course = here("../../../..").replace(/\/$/, "");

/** The exercise that all cheats are answers to. */
export function cheatedExercise(): Exercise {
  return readExercise(here("../exercise"));
}

/** In the judge's own process, as most graders do it. */
export async function gradeInProcess(folder: string, stage: Stage, within: number): Promise<Outcome> {
  const child = spawn(process.execPath, [here("in-process.ts"), folder, stage.seed], {
    cwd: stage.workingFolder,
    env: { ...stage.environment, NODE_COMPILE_CACHE: here("../../.cache/compiled") },
    detached: true,
    stdio: ["ignore", "pipe", "pipe", "pipe"],
  });
  const printed = [child.stdout, child.stderr].map(collected);
  const told = collected(child.stdio[3] as Readable);
  const { ended, code, processes } = await over(child, stage, within);
  const first = told.text.split("\n").find((line) => line.startsWith("{")) ?? "";
  const text = [...printed, told].map((output) => output.text).join("\n");
  const length = [...printed, told].reduce((sum, output) => sum + output.length, 0);
  const passed = ended && (first === "" ? code === 0 : first.startsWith('{"status":"pass"'));
  return { passed, text, length, ended, graderDied: false, processes };
}

/** In a process of its own, under Node's permission model: the open level. */
export async function gradeOpen(folder: string, stage: Stage, within: number): Promise<Outcome> {
  const child = fork(here("../../src/testing/grade-host.ts"), [root], {
    cwd: stage.workingFolder,
    env: stage.environment,
    execArgv: [],
    detached: true,
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  const printed = [child.stdout, child.stderr].map(collected);
  let verdict: Verdict | undefined;
  child.once("message", (message) => {
    verdict = message as unknown as Verdict;
    child.disconnect();
  });
  child.send({ exercise: cheatedExercise(), folder, options: { seed: stage.seed } });
  const { ended, processes } = await over(child, stage, within);
  // Its own seed stands in the verdict, as it must.
  const text = JSON.stringify({ ...verdict, seed: "" }) + printed.map((output) => output.text).join("\n");
  const died = ended && verdict === undefined;
  return {
    passed: verdict?.status === "pass",
    text,
    length: text.length,
    ...(verdict && { verdict }),
    ended,
    graderDied: died,
    processes,
  };
}

/** Behind the seal; `permissive` leaves Node's permission model out, so that what holds is the seal itself. */
export async function gradeSealed(
  folder: string,
  stage: Stage,
  within: number,
  permissive: boolean,
): Promise<Outcome> {
  const outcome = await inCell(folder, stage, within, permissive);
  return { ...outcome, processes: livingOn(stage.scene.folder) };
}

async function inCell(folder: string, stage: Stage, within: number, permissive: boolean): Promise<Outcome> {
  await using cell = newCell(stage.scene.folder);
  const limit = new AbortController();
  try {
    const graded = cell.grade(cheatedExercise().folder, folder, { seed: stage.seed, permissive });
    graded.catch(() => {});
    const late = setTimeout(within, undefined, { signal: limit.signal });
    const verdict = await Promise.race([graded, late]);
    const text = JSON.stringify({ ...verdict, seed: "" });
    return {
      passed: verdict?.status === "pass",
      text,
      length: text.length,
      ...(verdict && { verdict }),
      ended: verdict !== undefined,
      graderDied: false,
      processes: [],
    };
  } finally {
    limit.abort();
  }
}

/** One whose files lie in `folder` outside, by which its processes can be known: their mounts name it. */
function newCell(folder: string): Cell {
  const before = process.env["TMPDIR"];
  process.env["TMPDIR"] = folder;
  try {
    return new Cell(course);
  } finally {
    if (before === undefined) delete process.env["TMPDIR"];
    else process.env["TMPDIR"] = before;
  }
}

/** Processes in whose view of the file system something of `folder` is mounted. */
function livingOn(folder: string): number[] {
  return readdirSync("/proc")
    .map(Number)
    .filter((pid) => pid > 0 && contentOf(`/proc/${pid}/mountinfo`).includes(folder));
}

/** Waits for the end, looks at what is left, and ends that. */
async function over(
  child: ChildProcess,
  { mark }: Stage,
  within: number,
): Promise<{ ended: boolean; code: number | null; processes: number[] }> {
  const limit = new AbortController();
  const exited = once(child, "exit").then(([code]) => code as number | null);
  const result = await Promise.race([exited, setTimeout(within, "late" as const, { signal: limit.signal })]);
  limit.abort();
  const processes = descendantsOf(-1, mark).filter((pid) => pid !== child.pid && pid !== process.pid);
  for (const pid of [...(child.pid === undefined ? [] : [-child.pid]), ...processes]) kill(pid);
  await exited;
  for (const stream of child.stdio) stream?.destroy();
  return { ended: result !== "late", code: result === "late" ? null : result, processes };
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // Gone already.
  }
}

/** The most that is kept of an output, in bytes. */
const mostKept = 4 * 1024 * 1024;

function collected(stream: Readable | null): { text: string; length: number } {
  const output = { text: "", length: 0 };
  stream?.on("error", () => {});
  stream?.on("data", (chunk: Buffer) => {
    output.length += chunk.length;
    if (output.text.length < mostKept) output.text += chunk.toString("utf8");
  });
  return output;
}
