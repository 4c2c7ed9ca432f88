import { spawn, type ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import { closeSync, openSync } from "node:fs";
import type { Socket } from "node:net";
import { constants } from "node:os";
import { basename, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { hostScript } from "./host-script.ts";
import { importable } from "./importable.ts";
import { Output } from "./output.ts";
import { stripAhead, strippedFolders, strippedFor } from "./stripped-ahead.ts";
import { sealedCommand } from "../seal/sealed-command.ts";
import { foldersOfHost, nodeArguments, shellLimits, type Walls } from "./walls.ts";

/** An answer's process, started and not yet spoken to. This file loads next to nothing, so that it can start first of all. */
export interface SpawnedAnswer {
  child: ChildProcess;
  output: Output;
  /** What whoever comes from this process carries in its environment. */
  mark: string;
  /** Why it ended: exit code, signal, or that it did not start. Resolves after its last output. */
  closed: Promise<number | string>;
}

// An answer may signal whoever started it, and SIGUSR1 opens Node's inspector, by which anybody can change the judge. Heard by
// us, it opens nothing.
process.on("SIGUSR1", () => {});

/** How many this process has started so far. */
let started = 0;

/** Starts a process that loads the answer at `path`; one that `waits` does so when it is told. */
function spawnAnswer(path: string, walls: Walls, waits = false): SpawnedAnswer {
  // The first is in a hurry, and strips its types itself: to load the stripper here takes as long as there. It pays for more.
  const importableFiles = importable(walls.packages ?? []).files;
  if (started++ > 0 && !waits) stripAhead(path, importableFiles);
  // Whose it is, so that whatever is left can be found; and which one, so that it can be ended alone.
  const mark = `${process.pid}-${randomUUID()}`;
  const host = hostScript();
  const stripped = strippedFolders(path);
  const ready = strippedFor(path, importableFiles);
  const node = [
    process.execPath,
    ...nodeArguments(path, host, {
      ...walls,
      readable: [...(walls.readable ?? []), ...ready],
    }),
    host,
    stripped.shared,
    stripped.own,
    ...(waits ? [] : [pathToFileURL(path).href]),
  ];
  // bwrap reads a descriptor to its end: each has one of its own.
  const filter = walls.sealed === undefined ? undefined : openSync(walls.sealed, "r");
  const [command, ...args] =
    filter === undefined ? shellLimits(node) : shellLimits(sealed(node, path, host, ready, walls), true);
  const child = spawn(command, args, {
    // A group of its own, so that all of it can be ended at once.
    detached: true,
    // Node tells on stderr where a debugger may attach: that is for the person who waits for it.
    stdio: [
      "ignore",
      "pipe",
      walls.inspect === true ? "inherit" : "pipe",
      "pipe",
      ...(filter === undefined ? [] : [filter]),
    ],
    env: { TCPIP_ANSWER: mark },
  });
  if (filter !== undefined) closeSync(filter);
  const output = new Output();
  if (child.stdout) output.collect(child.stdout);
  if (child.stderr) output.collect(child.stderr);
  const closed = new Promise<number | string>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("close", (code, signal) =>
      resolve(signal ?? (walls.sealed === undefined ? undefined : signalIn(code)) ?? code ?? "unknown"),
    );
  });
  return { child, output, mark: `TCPIP_ANSWER=${mark}`, closed };
}

/** The descriptor at which the filter's program arrives. */
const filterFd = 4;

function sealed(node: string[], path: string, host: string, ready: string[], walls: Walls): string[] {
  const { files, packages } = importable(walls.packages ?? []);
  const above = dirname(dirname(path));
  return sealedCommand(node, {
    readable: [dirname(path), ...foldersOfHost(host), ...files, ...(walls.readable ?? [])],
    // Says that the host's code is modules.
    readableIfThere: [...ready, join(dirname(host), "../../../package.json")],
    writable: walls.scratch === undefined ? [] : [walls.scratch],
    links: Object.fromEntries([above, ...packages].flatMap((from) => linksTo(packages, from))),
    filterFd,
  });
}

/** As pnpm has laid them, for all to find each other by name. */
function linksTo(packages: string[], from: string): [path: string, target: string][] {
  const links = join(from, "node_modules/@tcpip-workshop");
  return packages.filter((its) => its !== from).map((its) => [join(links, basename(its)), its]);
}

/** bwrap ends as a shell does when a signal has ended its command: 128 and the signal's number. */
function signalIn(code: number | null): string | undefined {
  return Object.entries(constants.signals).find(([, number]) => number + 128 === code)?.[0];
}

/** Those that were started before they were asked for; at most one for each answer between the same walls. */
const early = new Map<string, { path: string; waits: boolean; spawned: SpawnedAnswer }>();

/** Starts the answer at `path` now, for the suite that will ask for it in a moment. */
export function spawnEarly(path: string, walls: Walls): void {
  start(path, walls, false);
}

/**
 * Starts a process for the answer at `path`, to be taken at some time: it stands ready between these walls, and reads nothing of
 * the answer before it is taken.
 */
export function spawnSpare(path: string, walls: Walls): void {
  start(path, walls, true);
}

function start(path: string, walls: Walls, waits: boolean): void {
  const key = keyOf(path, walls);
  const before = early.get(key);
  // A spare is as good as any. One that has read the answer is for the suite that starts now, and for no later one.
  if (before !== undefined && isRunning(before.spawned) && (before.waits || !waits)) return;
  if (before !== undefined) killOne(key);
  if (early.size === 0) process.once("exit", killEarly);
  early.set(key, { path, waits, spawned: spawnAnswer(path, walls, waits) });
}

/** The early one, if it is for this answer and nobody has taken it; else a new one. */
export function takeEarly(path: string, walls: Walls): SpawnedAnswer {
  const key = keyOf(path, walls);
  // Between other walls than the suite wants: nobody will ask for them.
  for (const [other, { path: its }] of early) if (its === path && other !== key) killOne(other);
  const ready = early.get(key);
  if (ready === undefined) return spawnAnswer(path, walls);
  if (!isRunning(ready.spawned) && ready.waits) {
    killOne(key);
    return spawnAnswer(path, walls);
  }
  forget(key);
  if (ready.waits) {
    stripAhead(path, importable(walls.packages ?? []).files);
    tellWhich(ready.spawned, path);
  }
  return ready.spawned;
}

/** The first frame of all: an answer's process that waits for it takes it as the file's URL. */
function tellWhich({ child }: SpawnedAnswer, path: string): void {
  const url = Buffer.from(pathToFileURL(path).href);
  const frame = Buffer.allocUnsafe(4 + url.length);
  frame.writeUInt32BE(url.length);
  url.copy(frame, 4);
  (child.stdio[3] as Socket).write(frame);
}

/** Ends those that nobody has taken. */
export function killEarly(): void {
  for (const key of early.keys()) killOne(key);
}

function killOne(key: string): void {
  const pid = early.get(key)?.spawned.child.pid;
  forget(key);
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // Gone already.
  }
}

function forget(key: string): void {
  early.delete(key);
  if (early.size === 0) process.off("exit", killEarly);
}

function isRunning({ child }: SpawnedAnswer): boolean {
  return child.pid !== undefined && child.exitCode === null && child.signalCode === null;
}

function keyOf(path: string, walls: Walls): string {
  const { readable = [], packages = [], scratch, permissive = false, inspect = false, sealed } = walls;
  return JSON.stringify([path, readable, packages, scratch, permissive, inspect, sealed]);
}
