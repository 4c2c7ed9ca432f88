import { readFileSync } from "node:fs";
import { UdpEchoClient } from "../udp-echo-client.ts";
import { CommandProcess } from "@tcpip-workshop/command/testing";
import { Peer } from "./peer.ts";

/** What is thrown at the server, one datagram after another. */
export type Flood = (n: number) => Uint8Array;

/**
 * Floods the command, in a process of its own, and asks it honest questions meanwhile. Where there is no /proc, memory
 * and the kernel's drops are NaN.
 */
export async function underFlood(datagrams: number, flood: Flood, flags: string[] = []) {
  const common = ["--port", "0", "--mode", "request", "--stats-interval", "100"];
  await using command = new CommandProcess(new URL("../main.ts", import.meta.url), [...common, ...flags]);
  const port = await command.port();
  await using peer = await Peer.open({ address: "127.0.0.1", family: "IPv4", port });
  await using client = await UdpEchoClient.connect({
    port,
    mode: "request",
    attempts: 1000,
    totalTimeout: 60_000,
    backoff: { least: 20, first: 50, most: 400 },
  });
  await client.request(new Uint8Array(1));
  const memoryBefore = residentBytes(command.child.pid!);

  let flooding = true;
  const honest = askWhile(client, () => flooding);
  const started = performance.now();
  for (let n = 0; n < datagrams; n++) {
    peer.socket.send(flood(n));
    // Let the honest client have its turn: it lives in this process
    if (n % 50 === 49) await new Promise((resolve) => setImmediate(resolve));
  }
  const seconds = (performance.now() - started) / 1000;
  flooding = false;
  const asked = await honest;
  const memoryAfter = residentBytes(command.child.pid!);
  command.child.kill("SIGTERM");
  const exitCode = await command.exited;
  const last = command.lines.findLast((line) => line["event"] === "stats");
  const count = (name: string): number => Number(last?.[name] ?? Number.NaN);
  return {
    datagrams,
    seconds,
    received: count("received"),
    dropped: count("socketDrops"),
    malformed: count("malformed"),
    oversized: count("oversized"),
    sentBytes: count("sentBytes"),
    evicted: count("evicted"),
    lines: command.lines.length,
    honest: { asked, ...client.stats },
    memoryBefore,
    memoryAfter,
    exitCode,
  };
}

/** One question after another; rejects with the first that is not answered. */
async function askWhile(client: UdpEchoClient, more: () => boolean): Promise<number> {
  let asked = 0;
  do {
    await client.request(new Uint8Array(16));
    asked++;
  } while (more());
  return asked;
}

/** VmRSS of /proc/pid/status (proc_pid_status(5)), in bytes. */
function residentBytes(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
  } catch {
    return Number.NaN;
  }
}
