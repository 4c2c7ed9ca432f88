import { ssName, tcpStates, type TcpState } from "../sockets/tcp-state.ts";
import type { Paint } from "./paint.ts";

/** A line a state, with its count and a bar; the longest bar fills the width. `changes` are shown where they are not 0. */
export function bars(
  counts: { [state in TcpState]?: number },
  width: number,
  paint: Paint,
  changes: { [state in TcpState]?: number } = {},
): string[] {
  const most = Math.max(1, ...tcpStates.map((state) => counts[state] ?? 0));
  const room = Math.max(10, Math.min(width, MOST_COLUMNS) - NAME - COUNT - CHANGE - 3);
  return tcpStates
    .filter((state) => counts[state] !== undefined || changes[state] !== undefined)
    .map((state) => {
      const count = counts[state] ?? 0;
      const change = changes[state] ?? 0;
      const sign = change === 0 ? "" : change > 0 ? `+${change}` : `−${-change}`;
      const bar = "█".repeat(count === 0 ? 0 : Math.max(1, Math.round((count / most) * room)));
      const name = ssName(state).padEnd(NAME);
      const line = `${name} ${String(count).padStart(COUNT)} ${paint(COLORS[state] ?? "blue", bar)}`;
      if (change === 0) return line;
      return `${paint("bold", name)} ${paint("bold", String(count).padStart(COUNT))} ${paint(COLORS[state] ?? "blue", bar)} ${paint(change > 0 ? "green" : "red", sign)}`;
    });
}

const MOST_COLUMNS = 100;
const NAME = "FIN-WAIT-1".length;
const COUNT = 6;
const CHANGE = 7;
const COLORS: { [state in TcpState]?: "green" | "red" | "yellow" | "cyan" } = {
  LISTEN: "cyan",
  ESTABLISHED: "green",
  "CLOSE-WAIT": "red",
  "SYN-SENT": "yellow",
  "SYN-RECEIVED": "yellow",
};
