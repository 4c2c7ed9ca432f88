import { lstatSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const prefix = "tcpip-workshop-cell-";
/** Milliseconds after which a folder whose maker is gone is removed: in a container next door its number may be somebody. */
const old = 60 * 60 * 1000;

let isTidy = false;

/** A folder for one cell's answer, for this user only. What killed processes have left is removed, once. */
export function makeCellFolder(): string {
  if (!isTidy) removeOld();
  isTidy = true;
  return mkdtempSync(join(tmpdir(), `${prefix}${process.pid}-`));
}

function removeOld(): void {
  for (const name of readdirSync(tmpdir())) {
    if (!name.startsWith(prefix) || isRunning(Number.parseInt(name.slice(prefix.length), 10))) continue;
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
