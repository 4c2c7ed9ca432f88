import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { table } from "../framing/table.ts";
import { lanes } from "./lanes.ts";

const OURS = "tcp-echo";
/** Not a pool: what promises alone cost. */
const BARE = "bare, without any check";
const TARGET = 1.5;
const CASES = { "1 caller": 1, "100 callers, 10 connections": 100 };
/** Pairs of one measurement. */
const PAIRS = 100_000;

interface Sample {
  /** Pairs per second. */
  speed: number;
  /** The same by the CPU time that the process has used: what others do on the machine counts for less. */
  byCpu: number;
}

/** Every pool in its own process; in each round they take turns, and what is compared lies within one round. */
export async function race(rounds: number): Promise<void> {
  const names = Object.keys(lanes);
  const processes = await Promise.all(names.map((name) => start(name)));
  try {
    for (const [title, callers] of Object.entries(CASES)) {
      const samples = names.map((): Sample[] => []);
      for (let round = -3; round < rounds; round++) {
        for (let turn = 0; turn < names.length; turn++) {
          // who comes first changes
          const index = (turn + round + 3) % names.length;
          const sample = await measure(processes[index]!, callers);
          // the first three warm up
          if (round >= 0) samples[index]!.push(sample);
        }
      }
      report(title, new Map(names.map((name, index) => [name, samples[index]!])));
    }
  } finally {
    for (const child of processes) child.disconnect();
  }
}

async function start(name: string): Promise<ChildProcess> {
  const child = fork(`${import.meta.dirname}/lane-process.ts`, [name], {
    execArgv: ["--disable-warning=ExperimentalWarning"],
  });
  await Promise.race([
    once(child, "message"),
    once(child, "exit").then(([code]) => Promise.reject(new Error(`${name} ended with ${code}`))),
  ]);
  return child;
}

async function measure(child: ChildProcess, callers: number): Promise<Sample> {
  const answer = once(child, "message");
  child.send({ callers, pairs: PAIRS });
  const [{ seconds, cpu }] = (await answer) as [{ seconds: number; cpu: number }];
  return { speed: PAIRS / seconds, byCpu: PAIRS / cpu };
}

function report(title: string, samples: Map<string, Sample[]>): void {
  const speed = (name: string, by: keyof Sample): number =>
    median(samples.get(name)!.map((sample) => sample[by]));
  const rows = Array.from(samples.keys(), (name) => [
    name,
    (speed(name, "speed") / 1e6).toFixed(2),
    (speed(name, "byCpu") / 1e6).toFixed(2),
  ]);
  console.log(`### ${title}\n`);
  console.log(table(["pool", "million pairs/s", "per CPU second"], rows));
  for (const by of ["speed", "byCpu"] as const) {
    const peers = [...samples.keys()].filter((name) => name !== OURS && name !== BARE);
    const best = peers.toSorted((a, b) => speed(b, by) - speed(a, by))[0]!;
    const pairs = samples.get(OURS)!.map((ours, round) => ours[by] / samples.get(best)![round]![by]);
    const ratio = median(pairs);
    const verdict = ratio >= TARGET ? "✓" : "✗";
    const what = by === "speed" ? "throughput" : "by CPU time";
    console.log(`- ${what}: ${ratio.toFixed(2)} × ${best}, the best peer (at least ${TARGET}) ${verdict}`);
  }
  console.log("");
}

function median(list: readonly number[]): number {
  return list.toSorted((a, b) => a - b)[list.length >> 1] ?? Number.NaN;
}
