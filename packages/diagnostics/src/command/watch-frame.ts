import { formatEndpoint } from "../sockets/format-sockets.ts";
import type { SocketEntry } from "../sockets/socket-entry.ts";
import { ssName, tcpStates, type TcpState } from "../sockets/tcp-state.ts";
import { bars } from "./bars.ts";
import type { Changes } from "./changes.ts";
import type { Paint } from "./paint.ts";
import type { ScreenSize } from "./screen.ts";

/** One look at the table, and what changed since the one before. */
export interface Reading {
  sockets: number;
  states: { [state in TcpState]?: number };
  changes: Changes;
  counters: { [name: string]: number };
}

/** The lines of one frame: states with bars and changes, the counters that tell of trouble, then who came, went and moved. */
export function frame(
  { sockets, states, changes, counters }: Reading,
  statesBefore: Reading["states"],
  size: ScreenSize,
  paint: Paint,
): string[] {
  const deltas: { [state in TcpState]?: number } = {};
  for (const state of tcpStates) {
    const delta = (states[state] ?? 0) - (statesBefore[state] ?? 0);
    if (delta !== 0) deltas[state] = delta;
  }
  const { appeared, moved, gone } = changes;
  const hint = size.rows === Infinity ? "" : "; q quits";
  const lines = [
    `${sockets} sockets, ${appeared.length} new, ${moved.length} moved, ${gone.length} gone${hint}`.slice(
      0,
      size.columns,
    ),
    ...bars(states, size.columns, paint, deltas),
    ...TROUBLE.filter((name) => (counters[name] ?? 0) > 0).map((name) =>
      paint("yellow", `${name} +${counters[name]}`),
    ),
  ];
  const room = Math.max(0, size.rows - lines.length - 2);
  const rows = [
    ...moved
      .slice(0, room)
      .map(({ socket, from }) =>
        paint("yellow", row("~", socket, `${shown(from)} → ${shown(socket.state)}`)),
      ),
    ...appeared.slice(0, room).map((socket) => paint("green", row("+", socket, shown(socket.state)))),
    ...gone.slice(0, room).map((socket) => paint("red", row("−", socket, shown(socket.state)))),
  ];
  if (rows.length > 0) lines.push("", ...rows.slice(0, room));
  return lines.slice(0, size.rows);

  function row(mark: string, socket: SocketEntry, state: string): string {
    return `${mark} ${socket.protocol} ${formatEndpoint(socket.local)} ${formatEndpoint(socket.remote)} ${state}`.slice(
      0,
      size.columns,
    );
  }
}

function shown(state: SocketEntry["state"]): string {
  return state === "UNCONN" || state === "ESTAB" ? state : ssName(state);
}

const TROUBLE = [
  "TcpExt.ListenOverflows",
  "TcpExt.ListenDrops",
  "TcpExt.TCPTimeouts",
  "TcpExt.TCPAbortOnTimeout",
  "Tcp.RetransSegs",
  "Tcp.AttemptFails",
  "Udp.RcvbufErrors",
];
