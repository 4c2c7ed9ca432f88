import { createHash } from "node:crypto";
import { lstatSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const prefix = "tcpip-workshop-cell-";
/** Milliseconds after which a folder is removed of which nobody can say whether its maker is gone. */
const old = 60 * 60 * 1000;

let isTidy = false;

/** A folder for one cell's answer, for this user only. What killed processes have left is removed, once. */
export function makeCellFolder(): string {
  if (!isTidy) removeOld();
  isTidy = true;
  return mkdtempSync(join(tmpdir(), `${prefix}${here()}-${process.pid}-`));
}

/** What processes that are gone have left; and of others, whose numbers say nothing here, what is old. */
function removeOld(): void {
  for (const name of readdirSync(tmpdir())) {
    if (!name.startsWith(prefix)) continue;
    const [where, pid] = name.slice(prefix.length).split("-");
    const isOurs = where === here();
    if (isOurs && isRunning(Number(pid))) continue;
    const path = join(tmpdir(), name);
    const stat = lstatSync(path, { throwIfNoEntry: false });
    if (stat?.isDirectory() !== true || stat.uid !== process.getuid?.()) continue;
    if (isOurs || Date.now() - stat.mtimeMs > old) remove(path);
  }
}

/** The same for two processes whose numbers tell of each other: this boot of this machine, this process namespace. */
function here(): string {
  let place = "";
  try {
    place = readFileSync("/proc/sys/kernel/random/boot_id", "latin1") + readlinkSync("/proc/self/ns/pid");
  } catch {
    // No Linux, and so no cell.
  }
  return createHash("sha256").update(place).digest("hex").slice(0, 8);
}

function remove(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {
    // Somebody else is at it, too. If not, it is tried again the next time.
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
