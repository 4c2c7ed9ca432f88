import { execFileSync } from "node:child_process";
import type { SocketEntry } from "../sockets/socket-entry.ts";
import { parseSs } from "../text/parse-ss.ts";

/**
 * Gives listeners with a queue their backlog, which only `ss` tells. Where `ss` is missing they stay without. Asked only if
 * something waits, because starting `ss` takes longer than all the rest.
 */
export function addBacklogs(sockets: readonly SocketEntry[]): void {
  const waiting = sockets.filter(({ state, recvQ }) => state === "LISTEN" && recvQ > 0);
  if (waiting.length === 0) return;
  let listeners: SocketEntry[];
  try {
    const text = execFileSync("ss", ["-Hltn"], {
      encoding: "utf8",
      timeout: 5000,
      stdio: ["ignore", "pipe", "ignore"],
    });
    listeners = parseSs(text);
  } catch {
    return;
  }
  for (const socket of waiting) {
    const same = listeners.find(
      ({ local }) => local.address === socket.local.address && local.port === socket.local.port,
    );
    if (same !== undefined && socket.protocol === "tcp") {
      socket.backlog = same.sendQ;
      socket.sendQ = same.sendQ;
    }
  }
}
