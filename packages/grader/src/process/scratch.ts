import { chmodSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const made = new Set<string>();

/** Folders that were made before they were asked for, for processes that wait between their walls. */
const ready: string[] = [];

/**
 * A fresh folder for an answer to write in; whatever ends us, but SIGKILL, removes it. It is made in the folder that the environment variable
 * TCPIP_WORKSHOP_SCRATCH names, or in the system's for temporary files.
 */
export function makeScratch(): string {
  return ready.shift() ?? makeFolder();
}

/** Makes the folder that {@link makeScratch} will give out. */
export function makeScratchReady(): string {
  const folder = makeFolder();
  ready.push(folder);
  return folder;
}

export function removeReadyScratch(): void {
  for (const folder of ready.splice(0)) removeScratch(folder);
}

function makeFolder(): string {
  if (made.size === 0) process.once("exit", removeAll);
  const folder = mkdtempSync(join(process.env["TCPIP_WORKSHOP_SCRATCH"] ?? tmpdir(), "tcpip-workshop-"));
  made.add(folder);
  return folder;
}

export function removeScratch(folder: string): void {
  made.delete(folder);
  if (made.size === 0) process.off("exit", removeAll);
  remove(folder);
}

function removeAll(): void {
  for (const folder of made) remove(folder);
}

/** An answer may have locked its own folders, which stops nobody but ourselves. */
function remove(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true });
  } catch {
    unlock(folder);
    rmSync(folder, { recursive: true, force: true });
  }
}

function unlock(folder: string): void {
  chmodSync(folder, 0o700);
  for (const entry of readdirSync(folder, { withFileTypes: true }))
    if (entry.isDirectory()) unlock(join(folder, entry.name));
}
