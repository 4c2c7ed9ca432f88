import { readFileSync } from "node:fs";
import { formatSockets } from "@tcpip-workshop/diagnostics/sockets";
import { descendantsOf, socketsNow } from "./kernel.ts";

/**
 * What gradings have left: processes that came of this one, as `4711 node …`, and sockets of this one, as `ss` shows
 * them. Between two gradings there is nothing; where there is no /proc, nothing is known.
 */
export function leftBehind(): string[] {
  const processes = descendantsOf(process.pid, `TCPIP_ANSWER=${process.pid}-`).map(
    (pid) => `process ${pid} ${commandOf(pid)}`,
  );
  return [...processes, ...ownSockets()];
}

/** Ends every answer's process of a grader that is gone. */
export function endDescendants(grader: number): void {
  for (const pid of descendantsOf(grader, `TCPIP_ANSWER=${grader}-`)) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // Gone already.
    }
  }
}

function ownSockets(): string[] {
  return formatSockets(socketsNow(process.pid))
    .slice(1)
    .map((row) => `socket ${row}`);
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "latin1").replaceAll("\0", " ").trim().slice(0, 100);
  } catch {
    return "(gone)";
  }
}
