import { NetError } from "@tcpip-workshop/core/net-error";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { errnoCode } from "./errno-code.ts";
import type { SocketEntry } from "./socket-entry.ts";

/**
 * Gives each socket the processes that hold it (`pids`), by walking every `/proc/<pid>/fd` we may read: all of them for
 * root, one's own otherwise. A socket nobody visible holds gets an empty list. About 10 µs a descriptor of the system.
 */
export function addOwners(sockets: readonly SocketEntry[]): void {
  const owners = new Map<number, number[]>();
  for (const socket of sockets) if (socket.inode !== 0) owners.set(socket.inode, []);
  for (const pid of owners.size === 0 ? [] : processes()) {
    for (const inode of visibleInodesOf(pid)) owners.get(inode)?.push(pid);
  }
  for (const socket of sockets) socket.pids = owners.get(socket.inode) ?? [];
}

/**
 * The inode numbers of the sockets a process holds; none for a process that is gone.
 * @throws NetError `UNSUPPORTED` where its descriptors are not ours to see
 */
export function inodesOf(pid: number): Set<number> {
  const folder = `/proc/${pid}/fd`;
  const inodes = new Set<number>();
  try {
    for (const descriptor of readdirSync(folder)) {
      const inode = socketInode(`${folder}/${descriptor}`);
      if (inode !== undefined) inodes.add(inode);
    }
  } catch (error) {
    const code = errnoCode(error);
    if (isGone(pid)) return inodes;
    throw new NetError(
      "UNSUPPORTED",
      `Expected ${folder} to be readable (the process is another user's: run as root), got ${code}`,
      {
        cause: error,
      },
    );
  }
  return inodes;
}

/** Inodes of the sockets that a process holds; none where we may not see its descriptors. */
export function visibleInodesOf(pid: number): Set<number> {
  try {
    return inodesOf(pid);
  } catch {
    return new Set();
  }
}

function processes(): number[] {
  return readdirSync("/proc")
    .map(Number)
    .filter((pid) => pid > 0);
}

function socketInode(link: string): number | undefined {
  try {
    const target = readlinkSync(link);
    return target.startsWith("socket:[") ? Number(target.slice("socket:[".length, -1)) : undefined;
  } catch (error) {
    // Closed since the folder was read.
    if (errnoCode(error) === "ENOENT") return undefined;
    throw error;
  }
}

/** Ended, if only its exit status is left to be collected (a zombie's descriptors belong to root and are gone). */
function isGone(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    // The state is the first field behind the name, which is in parentheses and may hold any character.
    return "ZX".includes(stat.charAt(stat.lastIndexOf(")") + 2));
  } catch (error) {
    return ["ENOENT", "ESRCH"].includes(errnoCode(error)) && processHasFolder();
  }
}

/** Whether there is a `/proc` at all, so that a missing folder in it means a missing process. */
function processHasFolder(): boolean {
  try {
    readlinkSync("/proc/self");
    return true;
  } catch {
    return false;
  }
}
