// In the lab: a server, and a client of one kind. Prints a Result as JSON.
import { readFileSync } from "node:fs";
import { connect, EchoPool, startEchoServer } from "@tcpip-workshop/tcp-echo";

export interface Result {
  done: number;
  /** By code. */
  failures: Record<string, number>;
  seconds: number;
  /** Seconds of CPU time, client and server together. */
  cpu: number;
  /** Connections, by the server's count. */
  accepted: number;
  /** Sockets in TIME-WAIT by the kernel's count: the most that were seen, and at the end. */
  mostTimeWait: number;
  timeWait: number;
  ports: string;
  reuse: string;
  buckets: string;
}

const CALLERS = 8;
/** Requests after which the kernel is asked again. */
const LOOK = 500;

const [client, ...numbers] = process.argv.slice(2);
const [count = 0, limit = 0] = numbers.map(Number);
const payload = new Uint8Array(64).fill(7);
const failures: Record<string, number> = {};
let mostTimeWait = 0;
let done = 0;
let due = count;

await using server = await startEchoServer({ mode: "framed" });
const to = { port: server.address.port, mode: "framed" } as const;
await using pool = new EchoPool({ ...to, size: CALLERS });
const request = client === "pool" ? () => pool.echo(payload) : once;

const before = process.cpuUsage();
const started = performance.now();
await Promise.all(Array.from({ length: CALLERS }, caller));
const seconds = (performance.now() - started) / 1000;
const { user, system } = process.cpuUsage(before);
const result: Result = {
  done,
  failures,
  seconds,
  cpu: (user + system) / 1e6,
  accepted: server.stats.accepted,
  mostTimeWait: Math.max(mostTimeWait, timeWaits()),
  timeWait: timeWaits(),
  ports: setting("ip_local_port_range").replace(/\s+/, " to "),
  reuse: setting("tcp_tw_reuse"),
  buckets: setting("tcp_max_tw_buckets"),
};
console.log(JSON.stringify(result));

async function caller(): Promise<void> {
  while (due > 0 && performance.now() - started < limit * 1000) {
    if (due-- % LOOK === 0) mostTimeWait = Math.max(mostTimeWait, timeWaits());
    try {
      await request();
      done++;
    } catch (error) {
      const { code } = error as { code: string };
      failures[code] = (failures[code] ?? 0) + 1;
    }
  }
}

async function once(): Promise<void> {
  await using connection = await connect(to);
  await connection.echo(payload);
}

/** proc_net(5): `TCP: inuse 1 orphan 0 tw 28231 alloc 9 mem 0`, of this network namespace. */
function timeWaits(): number {
  return Number(/^TCP: .*\btw (\d+)/m.exec(readFileSync("/proc/net/sockstat", "latin1"))?.[1] ?? Number.NaN);
}

function setting(name: string): string {
  try {
    return readFileSync(`/proc/sys/net/ipv4/${name}`, "latin1").trim();
  } catch {
    return "unknown";
  }
}
