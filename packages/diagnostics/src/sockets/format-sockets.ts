import type { Endpoint, SocketEntry, SocketTimer } from "./socket-entry.ts";
import { ssName } from "./tcp-state.ts";

export interface FormatSocketsOptions {
  /** A column for the timer, as `ss -o` has it. */
  timers?: boolean;
  /** A column for the processes, where `pids` is known. */
  pids?: boolean;
}

/** The sockets in the columns of `ss -tan`, header first; with a first column `Netid`, as `ss` has it, where UDP is among them. */
export function formatSockets(sockets: readonly SocketEntry[], options: FormatSocketsOptions = {}): string[] {
  const hasUdp = sockets.some(({ protocol }) => protocol === "udp");
  const head = ["State", "Recv-Q", "Send-Q", "Local Address:Port", "Peer Address:Port"];
  if (hasUdp) head.unshift("Netid");
  if (options.timers) head.push("Timer");
  if (options.pids) head.push("Process");
  const rows = sockets.map((socket) => {
    const state = socket.protocol === "tcp" ? ssName(socket.state) : socket.state;
    const cells = [
      state,
      String(socket.recvQ),
      sendQueue(socket),
      formatEndpoint(socket.local),
      formatEndpoint(socket.remote),
    ];
    if (hasUdp) cells.unshift(socket.protocol);
    if (options.timers) cells.push(socket.timer === undefined ? "" : formatTimer(socket.timer));
    if (options.pids) cells.push(socket.pids?.map((pid) => `pid=${pid}`).join(",") ?? "");
    return cells;
  });
  const widths = head.map((title) => title.length);
  for (const row of rows)
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column]!, cell.length);
  return [head, ...rows].map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join(" ")
      .trimEnd(),
  );
}

/** For LISTEN the backlog, as `ss` has it. `/proc/net/tcp` does not tell it: a 0 there would say "room for one". */
function sendQueue(socket: SocketEntry): string {
  if (socket.state !== "LISTEN") return String(socket.sendQ);
  return String(socket.backlog ?? (socket.sendQ === 0 ? "-" : socket.sendQ));
}

/** `127.0.0.1:80`, `[::1]:80`, `[fe80::1]%eth0:80`; port 0 is `*`, as `ss` has it. */
export function formatEndpoint({ address, port }: Endpoint): string {
  const [host = "", zone] = address.split("%");
  const bracketed = host.includes(":") ? `[${host}]` : host;
  return `${bracketed}${zone === undefined ? "" : `%${zone}`}:${port === 0 ? "*" : port}`;
}

/** `timer:(keepalive,1min3sec,0)`, as `ss -o` has it (ss(8)). */
export function formatTimer({ kind, milliseconds, retransmits }: SocketTimer): string {
  return `timer:(${kind},${formatDuration(milliseconds)},${retransmits})`;
}

/** As `ss` does: seconds beside up to nine minutes, thousandths below ten seconds. (Before 6.12 it wrote `9.373ms` for `9.373sec`.) */
function formatDuration(milliseconds: number): string {
  const minutes = Math.floor(milliseconds / 60_000);
  const seconds = Math.floor(milliseconds / 1000) % 60;
  if (minutes > 0) return `${minutes}min${minutes <= 9 && seconds > 0 ? `${seconds}sec` : ""}`;
  const thousandths = milliseconds % 1000;
  if (seconds > 9 || (seconds > 0 && thousandths === 0)) return `${seconds}sec`;
  const digits = String(thousandths).padStart(3, "0");
  return seconds > 0 ? `${seconds}.${digits}sec` : `${digits}ms`;
}
