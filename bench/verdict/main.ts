/**
 * `pnpm bench verdict [--runs N]`: what a verdict costs beside the bare test runner on the same Node, run in turn.
 * Whole commands, by the wall clock: that is how long a learner waits.
 */
import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const root = fileURLToPath(new URL("../..", import.meta.url));
const target = 1.25;
const { values } = parseArgs({ options: { runs: { type: "string", default: "9" } } });

const bare = [
  process.execPath,
  "node_modules/vitest/vitest.mjs",
  "run",
  "--root",
  "bench/verdict/trivial",
  "--config",
  "false",
];
const lanes = [
  { name: "bare `vitest run`, one trivial test", command: bare, env: {} },
  {
    name: "the same with NODE_COMPILE_CACHE",
    command: bare,
    env: { NODE_COMPILE_CACHE: `${root}node_modules/.cache/bench` },
  },
  { name: "`pnpm test exercises/04` (as it lies here)", command: ["pnpm", "test", "exercises/04"], env: {} },
  {
    name: "`pnpm test solutions/04` (every test to its end)",
    command: ["pnpm", "test", "solutions/04"],
    env: {},
  },
];

function seconds({ command: [program = "", ...args], env }: { command: string[]; env: object }): number {
  const started = performance.now();
  const { error, status } = spawnSync(program, args, {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: "ignore",
  });
  if (error ?? (status ?? 2) > 1)
    throw error ?? new Error(`${program} ${args.join(" ")} exited with ${status}`);
  return (performance.now() - started) / 1000;
}

const times = lanes.map((): number[] => []);
for (let run = 0; run <= Number(values.runs); run++) {
  for (const [index, lane] of lanes.entries()) {
    const took = seconds(lane);
    // The first round warms the caches of all of them.
    if (run > 0) times[index]?.push(took);
  }
}
rmSync(`${root}node_modules/.cache/bench`, { recursive: true, force: true });

const median = (list: number[]): number =>
  list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)] ?? Number.NaN;
const baseline = median(times[0] ?? []);
console.log(`| command, median of ${values.runs} | ms | ratio |\n| --- | ---: | ---: |`);
for (const [index, { name }] of lanes.entries()) {
  const time = median(times[index] ?? []);
  console.log(`| ${name} | ${(time * 1000).toFixed(0)} | ${(time / baseline).toFixed(2)} |`);
}
for (const [index, { name }] of [...lanes.entries()].slice(2)) {
  const ratio = median(times[index] ?? []) / baseline;
  console.log(
    `\nat most ${target} × the bare runner: ${ratio.toFixed(2)} ${ratio <= target ? "✓" : "✗"} ${name}`,
  );
}
