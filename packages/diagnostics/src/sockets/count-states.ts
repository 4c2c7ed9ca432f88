import type { SocketEntry } from "./socket-entry.ts";
import { tcpStates, type TcpState } from "./tcp-state.ts";

/** How many TCP sockets are in each state, in the order of a connection's life; states of none are left out. UDP has no states and does not count. */
export function countStates(sockets: Iterable<SocketEntry>): { [state in TcpState]?: number } {
  const counts = new Map<TcpState, number>();
  for (const socket of sockets) {
    if (socket.protocol === "tcp") counts.set(socket.state, (counts.get(socket.state) ?? 0) + 1);
  }
  const present = tcpStates.filter((state) => counts.has(state));
  return Object.fromEntries(present.map((state) => [state, counts.get(state)!]));
}
