/**
 * `pnpm bench echo [--rounds N]`: tcp-echo beside a bare echo of node:net, and the fault proxy without faults beside a bare
 * pipe. Each server has a process of its own; they take turns in every round, and what is compared lies within one round.
 * `pnpm bench echo --stress`: what a server lives through, and what it costs.
 */
import { availableParallelism, cpus } from "node:os";
import { parseArgs } from "node:util";
import { LaneServer } from "./server.ts";
import { stress } from "./stress.ts";
import { Client, workloads } from "./workloads.ts";

const TARGET = 0.95;
/** Whom each is compared with: the fastest of these in the case at hand. */
const RIVALS: Record<string, string[]> = {
  "tcp-echo raw": ["bare pipe", "bare write"],
  "tcp-echo framed": ["bare pipe", "bare write"],
  FaultProxy: ["bare proxy"],
};

interface Sample {
  /** In the workload's unit. */
  speed: number;
  /** The server's CPU time, µs per echo or MiB. */
  cpu: number;
}

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "21" },
    only: { type: "string", default: "" },
    stress: { type: "boolean", default: false },
  },
});
console.log(
  `Node ${process.version}, ${cpus()[0]?.model ?? "unknown processor"}, ${availableParallelism()} cores\n`,
);
if (values.stress) await stress();
else await race(Number(values.rounds));

async function race(rounds: number): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const start = async (name: string, target?: number) => stack.use(await LaneServer.start(name, target));
  const servers: LaneServer[] = [];
  for (const name of ["bare pipe", "bare write", "tcp-echo raw", "tcp-echo framed"])
    servers.push(await start(name));
  // not the one that races: it would have had three times the practice
  const behind = await start("bare pipe");
  for (const name of ["bare proxy", "FaultProxy"]) servers.push(await start(name, behind.port));

  for (const [title, workload] of Object.entries(workloads)) {
    if (!title.includes(values.only)) continue;
    const contenders = await Promise.all(
      servers.map(async (server) => ({
        server,
        clients: await Promise.all(
          Array.from({ length: workload.connections }, () => Client.connect(server.port)),
        ),
        samples: [] as Sample[],
      })),
    );
    for (let round = -2; round < rounds; round++) {
      // who comes first changes: the round's first may find the machine otherwise than its last
      const order = contenders.map((_, index) => contenders[(index + round + 2) % contenders.length]!);
      for (const { server, clients, samples } of order) {
        const before = await server.usage();
        const { amount, seconds } = await workload.run(clients);
        const { cpu } = await server.usage();
        // the first two warm up
        if (round >= 0) samples.push({ speed: amount / seconds, cpu: (cpu - before.cpu) / amount });
      }
    }
    for (const { clients } of contenders) for (const { socket } of clients) socket.destroy();
    report(title, workload.unit, new Map(contenders.map(({ server, samples }) => [server.name, samples])));
  }
}

function report(title: string, unit: string, samples: Map<string, Sample[]>): void {
  const speed = (name: string): number => median(samples.get(name)!.map((sample) => sample.speed));
  const each = unit === "MiB/s" ? "MiB" : "echo";
  console.log(`### ${title}\n\n| | ${unit} | µs of the server's CPU per ${each} |\n|---|---:|---:|`);
  for (const [name, list] of samples) {
    const cpu = median(list.map((sample) => sample.cpu));
    console.log(`| ${name} | ${speed(name).toFixed(0)} | ${cpu.toFixed(1)} |`);
  }
  console.log("");
  for (const [name, rivals] of Object.entries(RIVALS)) {
    const rival = rivals.toSorted((a, b) => speed(b) - speed(a))[0]!;
    const pairs = samples.get(name)!.map((mine, round) => [mine, samples.get(rival)![round]!] as const);
    const ratio = median(pairs.map(([mine, theirs]) => mine.speed / theirs.speed));
    const cpu = median(pairs.map(([mine, theirs]) => theirs.cpu / mine.cpu));
    const verdict = ratio >= TARGET ? "✓" : "✗";
    console.log(
      `- ${name}, at least ${TARGET} of ${rival}: ${ratio.toFixed(2)} ${verdict} (by CPU time ${cpu.toFixed(2)})`,
    );
  }
  console.log("");
}

function median(list: readonly number[]): number {
  return list.toSorted((a, b) => a - b)[list.length >> 1] ?? Number.NaN;
}
