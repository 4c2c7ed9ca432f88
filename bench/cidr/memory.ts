import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { PrefixTable } from "@tcpip-workshop/core/cidr";
import IPSet from "ip-set";
import { blockList, OURS } from "./lanes.ts";
import { blocks, ipv4 } from "./workload.ts";

/** What 100,000 blocks cost, in bytes, and how long filling took, from text. */
export interface Footprint {
  readonly name: string;
  /** Live objects and buffers of JavaScript, after garbage collection. */
  readonly javascript: number;
  /** Growth of the process that V8's own heap does not explain: what native code keeps. */
  readonly native: number;
  readonly milliseconds: number;
}

const BUILDERS: Record<string, (list: string[]) => unknown> = {
  [OURS]: (list) => {
    const table = new PrefixTable(list.map((block) => [block, true] as const));
    // The table sorts itself at the first question.
    table.covers("0.0.0.0");
    return table;
  },
  "net.BlockList": blockList,
  "ip-set": (list) => new IPSet(list),
};

/** Each in a process of its own, so that none finds the other's garbage. */
export function footprints(): Footprint[] {
  return Object.keys(BUILDERS).map((name) => {
    const self = fileURLToPath(import.meta.url);
    const child = spawnSync(process.execPath, [...process.execArgv, "--expose-gc", self, name], {
      encoding: "utf8",
    });
    if (child.status !== 0) throw new Error(`Measuring ${name} failed: ${child.stderr}`);
    return JSON.parse(child.stdout) as Footprint;
  });
}

function measure(name: string): Footprint {
  const list = blocks(ipv4, 100_000, 16, 24);
  const build = BUILDERS[name]!;
  // Once for the compiler, small; its result is garbage at once.
  build(list.slice(0, 2000));
  const before = settled();
  const start = performance.now();
  const built = build(list);
  const milliseconds = performance.now() - start;
  const after = settled();
  if (built === undefined) throw new Error("Nothing was built");
  const javascript = after.heapUsed + after.external - before.heapUsed - before.external;
  const v8 = after.heapTotal + after.external - before.heapTotal - before.external;
  return { name, javascript, native: Math.max(0, after.rss - before.rss - v8), milliseconds };
}

/** `external` includes array buffers. */
function settled(): NodeJS.MemoryUsage {
  for (let pass = 0; pass < 4; pass++) globalThis.gc!();
  return process.memoryUsage();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.stdout.write(JSON.stringify(measure(process.argv[2]!)));
}
