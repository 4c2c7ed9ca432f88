import { NetError } from "@tcpip-workshop/core/net-error";
import { existsSync } from "node:fs";
import { errnoCode } from "./errno-code.ts";
import { inodesOf } from "./owners.ts";
import type { ProcTable, RowFilter } from "./proc-row.ts";
import { readProcTable } from "./proc-table.ts";
import type { SocketEntry } from "./socket-entry.ts";

export interface ReadSocketsOptions {
  /** Both by default. */
  protocols?: readonly ("tcp" | "udp")[];
  /** Only sockets with this port at either end, 0–65535. Other rows cost next to nothing. */
  port?: number;
  /**
   * Only the sockets this process holds, in its own network namespace, each with `pids: [pid]`. TIME-WAIT belongs to no
   * process, so it is never among them. Another user's process needs root.
   */
  pid?: number;
  /** Read the network namespace that this process lives in, instead of ours: all its sockets, TIME-WAIT too. */
  namespaceOf?: number;
}

/**
 * The kernel's sockets, from `/proc/net/{tcp,tcp6,udp,udp6}`: no root, no other program. Synchronous: about 4 µs
 * for each row of the table, wanted or not (the kernel prints them all), of which a fifth is ours.
 *
 * A process that is gone has no sockets: the answer is empty.
 * @throws NetError `UNSUPPORTED` where there is no `/proc/net/tcp`, or we may not see the process's descriptors;
 * `ARGUMENT_INVALID`; `SOURCE_INVALID` for a table that reads like no kernel's we know
 */
export function readSockets(options: ReadSocketsOptions = {}): SocketEntry[] {
  const { protocols = ["tcp", "udp"], port, pid, namespaceOf = pid } = options;
  checkInteger("a port", port, 0, 65_535);
  checkInteger("a process id", pid, 1, 2 ** 31);
  checkInteger("a process id", namespaceOf, 1, 2 ** 31);

  const filter: RowFilter = {
    ...(port !== undefined && { port }),
    ...(pid !== undefined && { inodes: inodesOf(pid) }),
  };
  if (filter.inodes?.size === 0) return [];
  const tables = protocols.flatMap((protocol) => [
    { protocol, family: 4 as const },
    { protocol, family: 6 as const },
  ]);
  const sockets = tables.flatMap((table) => readTable(table, filter, namespaceOf));
  if (pid !== undefined) for (const socket of sockets) socket.pids = [pid];
  return sockets;
}

/** The sockets that one process holds. {@link readSockets} has the errors. */
export function socketsOf(pid: number): SocketEntry[] {
  return readSockets({ pid });
}

function readTable(table: ProcTable, filter: RowFilter, namespaceOf: number | undefined): SocketEntry[] {
  const path = `/proc/${namespaceOf ?? "self"}/net/${table.protocol}${table.family === 6 ? "6" : ""}`;
  try {
    return readProcTable(path, table, filter);
  } catch (error) {
    if (error instanceof NetError) throw error;
    // A process that is gone, or about to be: it has left its network namespace.
    if (namespaceOf !== undefined && !hasNetwork(namespaceOf)) return [];
    // A kernel without IPv6 has no tcp6.
    if (table.family === 6 && errnoCode(error) === "ENOENT") return [];
    throw new NetError(
      "UNSUPPORTED",
      `Expected a Linux kernel that lists its sockets in ${path}, got ${errnoCode(error)}`,
      {
        cause: error,
      },
    );
  }
}

/** Not so of a process that is gone, nor of a zombie. */
function hasNetwork(pid: number): boolean {
  return existsSync("/proc/self/net/tcp") === existsSync(`/proc/${pid}/net/tcp`);
}

function checkInteger(name: string, value: number | undefined, least: number, most: number): void {
  if (value === undefined || (Number.isInteger(value) && value >= least && value <= most)) return;
  throw new NetError("ARGUMENT_INVALID", `Expected ${name} from ${least} to ${most}, got ${value}`);
}
