import { execFileSync } from "node:child_process";
import { formatSockets, readSockets, type SocketEntry } from "@tcpip-workshop/diagnostics/sockets";

/** Whose table: that of the machine where this address and port are the server's, or that of the clients'. */
export interface View {
  host: string;
  port: number;
  from: "server" | "client";
}

/** Whether this machine has `ss`: without it nobody tells a listener's backlog, and a suite expects 0. */
export const hasSs =
  process.platform === "linux" && ran(() => execFileSync("ss", ["-V"], { stdio: "ignore" }));

/** What `ss -tan` prints on a machine that has these sockets; where there is no `ss`, its columns from /proc. */
export function look(...views: View[]): string {
  if (!hasSs) {
    // Only `ss` tells a listener's backlog.
    const told = views.flatMap(sockets).map((socket) => Object.assign({ backlog: 0 }, socket));
    return `${formatSockets(told).join("\n")}\n`;
  }
  const filters = views.map(({ host, port, from }) => {
    const address = host.includes(":") ? `[${host}]` : host;
    return `${from === "server" ? "src" : "dst"} ${address}:${port}`;
  });
  return execFileSync("ss", ["-tan", `( ${filters.join(" or ")} )`], { encoding: "utf8" });
}

/** The same sockets as the kernel has them, to see whether a table is as it should be before it is shown. */
export function sockets({ host, port, from }: View): SocketEntry[] {
  const end = from === "server" ? "local" : "remote";
  return readSockets({ protocols: ["tcp"], port }).filter(
    (entry) => entry[end].port === port && entry[end].address === host,
  );
}

function ran(work: () => unknown): boolean {
  try {
    work();
    return true;
  } catch {
    return false;
  }
}
