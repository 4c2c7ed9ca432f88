import { spawn, type ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import { pathToFileURL } from "node:url";
import { hostScript } from "./host-script.ts";
import { Output } from "./output.ts";
import { nodeArguments, shellLimits, type Walls } from "./walls.ts";

/** An answer's process, started and not yet spoken to. This file loads next to nothing, so that it can start first of all. */
export interface SpawnedAnswer {
  child: ChildProcess;
  output: Output;
  /** What whoever comes from this process carries in its environment. */
  mark: string;
  /** Why it ended: exit code, signal, or that it did not start. Resolves after its last output. */
  closed: Promise<number | string>;
}

/** Starts a process that loads the answer at `path`. */
function spawnAnswer(path: string, walls: Walls): SpawnedAnswer {
  // Whose it is, so that whatever is left can be found; and which one, so that it can be ended alone.
  const mark = `${process.pid}-${randomUUID()}`;
  const host = hostScript();
  const [command, ...args] = shellLimits([
    process.execPath,
    ...nodeArguments(path, host, walls),
    host,
    pathToFileURL(path).href,
  ]);
  const child = spawn(command, args, {
    // A group of its own, so that all of it can be ended at once.
    detached: true,
    // Node tells on stderr where a debugger may attach: that is for the person who waits for it.
    stdio: ["ignore", "pipe", walls.inspect === true ? "inherit" : "pipe", "pipe"],
    env: { TCPIP_ANSWER: mark },
  });
  const output = new Output();
  if (child.stdout) output.collect(child.stdout);
  if (child.stderr) output.collect(child.stderr);
  const closed = new Promise<number | string>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("close", (code, signal) => resolve(code ?? signal ?? "unknown"));
  });
  return { child, output, mark: `TCPIP_ANSWER=${mark}`, closed };
}

/** The one that was started before it was asked for. */
let early: { path: string; key: string; spawned: SpawnedAnswer } | undefined;

/** Starts the answer at `path` now, for the suite that will ask for it in a moment; at most one waits. */
export function spawnEarly(path: string, walls: Walls): void {
  if (early?.key === keyOf(path, walls)) return;
  killEarly();
  early = { path, key: keyOf(path, walls), spawned: spawnAnswer(path, walls) };
  process.once("exit", killEarly);
}

/** The early one, if it is for this answer and nobody has taken it; else a new one. */
export function takeEarly(path: string, walls: Walls): SpawnedAnswer {
  if (early?.key !== keyOf(path, walls)) {
    // Between other walls than the suite wants: nobody will ask for it.
    if (early?.path === path) killEarly();
    return spawnAnswer(path, walls);
  }
  const { spawned } = early;
  early = undefined;
  process.off("exit", killEarly);
  return spawned;
}

/** Ends the early one, if nobody has taken it. */
export function killEarly(): void {
  const pid = early?.spawned.child.pid;
  early = undefined;
  process.off("exit", killEarly);
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // Gone already.
  }
}

function keyOf(path: string, { readable = [], scratch, permissive = false, inspect = false }: Walls): string {
  return JSON.stringify([path, readable, scratch, permissive, inspect]);
}
