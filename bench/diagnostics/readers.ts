import { readSockets } from "@tcpip-workshop/diagnostics";
import { readSocketsByNetlink } from "@tcpip-workshop/diagnostics/netlink";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import netstat from "node-netstat";
import si from "systeminformation";

/** One way to the machine's TCP sockets. */
export interface Reader {
  name: string;
  /** How many it found. */
  read(): number | Promise<number>;
}

const run = promisify(execFile);
const ROOM = { encoding: "utf8", maxBuffer: 2 ** 28 } as const;

export const readers: Reader[] = [
  { name: "readSockets (this package)", read: () => readSockets({ protocols: ["tcp"] }).length },
  {
    name: "readSocketsByNetlink (this package)",
    read: () => readSocketsByNetlink({ protocols: ["tcp"] }).length,
  },
  {
    name: "/proc/net/tcp{,6} read, not parsed",
    read: () =>
      ["/proc/net/tcp", "/proc/net/tcp6"]
        .map((path) => Math.floor(readFileSync(path).length / 150))
        .reduce((sum, rows) => sum + rows, 0),
  },
  {
    name: "ss -Htan, its text split",
    read: async () =>
      (await run("ss", ["-Htan"], ROOM)).stdout
        .trimEnd()
        .split("\n")
        .map((line) => line.split(/\s+/)).length,
  },
  {
    name: "ss -Htan, its text thrown away",
    read: async () => (await run("sh", ["-c", "ss -Htan >/dev/null"], ROOM)).stdout.length,
  },
  {
    name: "systeminformation networkConnections()",
    read: async () =>
      (await si.networkConnections()).filter(({ protocol }) => protocol.startsWith("tcp")).length,
  },
  {
    name: "node-netstat",
    read: () =>
      new Promise((resolve, reject) => {
        let found = 0;
        const count = ({ protocol }: { protocol: string }) => {
          if (protocol.startsWith("tcp")) found++;
        };
        const done = (error: Error | null) => (error ? reject(error) : resolve(found));
        netstat({ done }, count);
      }),
  },
];
