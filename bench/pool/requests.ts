import { pathToFileURL } from "node:url";
import { lab, labAvailable, type LabSetup } from "@tcpip-workshop/faults/kernel";
import { table } from "../framing/table.ts";
import type { Result } from "./requests-script.ts";

const SCRIPT = pathToFileURL(`${import.meta.dirname}/requests-script.ts`);
const HEAD = [
  "",
  "done",
  "failed",
  "s",
  "done/s",
  "µs of CPU each",
  "accepted",
  "TIME-WAIT, most",
  "at the end",
];

/**
 * Each client in a network of its own, one after the other: what the one leaves behind is not the other's. Who is not done
 * after `seconds` stops there.
 */
export async function requests(count: number, seconds: number): Promise<void> {
  if (!(Number.isInteger(count) && count >= 1)) throw new Error(`Expected a count from 1, got ${count}`);
  if (!(seconds >= 1)) throw new Error(`Expected seconds from 1, got ${seconds}`);
  const availability = labAvailable();
  if (!availability.available) {
    console.log(`skipped: a lab ${availability.reason}`);
    return;
  }
  const run = async (client: "pool" | "each", setup: LabSetup): Promise<Result> => {
    const args = [client, String(count), String(seconds)];
    const { code, stdout, stderr } = await lab(setup, SCRIPT, { args, timeout: (seconds + 60) * 1000 });
    if (code !== 0) throw new Error(`Expected ${client} to end with 0, got ${code}: ${stderr}`);
    return JSON.parse(stdout) as Result;
  };
  const pooled = await run("pool", {});
  const each = await run("each", {});
  // By default (2) Linux gives a port in TIME-WAIT out again after a second on loopback, and to other hosts never.
  const strict = await run("each", { sysctls: { "net.ipv4.tcp_tw_reuse": 0 } });
  const rows = [
    ["a pool of 8", ...cells(pooled)],
    ["a connection each, 8 callers", ...cells(each)],
    ["the same without reuse of ports, as to another host", ...cells(strict)],
  ];
  const title = `${count.toLocaleString("en")} requests of 64 bytes, client and server in a network of their own`;
  console.log(`${title}, ${seconds} s at most\n`);
  console.log(table(HEAD, rows));
  const speed = pooled.done / pooled.seconds / (each.done / each.seconds);
  const cpu = each.cpu / each.done / (pooled.cpu / pooled.done);
  console.log(
    `\nThe pool does ${speed.toFixed(1)} × the requests in a second, ${cpu.toFixed(1)} × in one of CPU time.`,
  );
  const { ports, reuse, buckets } = each;
  console.log(`Local ports ${ports}, tcp_tw_reuse ${reuse}, tcp_max_tw_buckets ${buckets}.`);
}

function cells(result: Result): string[] {
  const { done, seconds, cpu, accepted, mostTimeWait, timeWait, failures } = result;
  const failed = Object.entries(failures).map(([code, times]) => `${times} ${code}`);
  return [
    String(done),
    failed.join(", ") || "0",
    seconds.toFixed(1),
    (done / seconds).toFixed(0),
    ((cpu / done) * 1e6).toFixed(0),
    String(accepted),
    String(mostTimeWait),
    String(timeWait),
  ];
}
