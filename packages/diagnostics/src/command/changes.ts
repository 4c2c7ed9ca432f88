import type { SocketEntry } from "../sockets/socket-entry.ts";

/** What is different between two readings of the table. */
export interface Changes {
  appeared: SocketEntry[];
  /** In another state than before. */
  moved: { socket: SocketEntry; from: SocketEntry["state"] }[];
  gone: SocketEntry[];
}

export function changesBetween(before: readonly SocketEntry[], after: readonly SocketEntry[]): Changes {
  const changes: Changes = { appeared: [], moved: [], gone: [] };
  const known = new Map(before.map((socket) => [keyOf(socket), socket]));
  for (const socket of after) {
    const key = keyOf(socket);
    const old = known.get(key);
    known.delete(key);
    if (old === undefined) changes.appeared.push(socket);
    else if (old.state !== socket.state) changes.moved.push({ socket, from: old.state });
  }
  changes.gone.push(...known.values());
  return changes;
}

/** A connection is its two ends; sockets without a remote end (SO_REUSEPORT) also differ by inode. */
function keyOf({ protocol, local, remote, inode }: SocketEntry): string {
  const ends = `${protocol} ${local.address} ${local.port} ${remote.address} ${remote.port}`;
  return remote.port === 0 ? `${ends} ${inode}` : ends;
}
