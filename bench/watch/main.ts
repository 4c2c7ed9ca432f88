/**
 * `pnpm bench watch [--saves N]`: from a save to the verdict, in the workshop's live mode beside `vitest --watch` with the same suite,
 * where the answer is in the runner's own process. In turn, by the wall clock, with a pause after each: nobody saves at once again.
 *
 * Two differences are in Vitest's favour: its lane remembers no steps, and what a failure would be told from it leaves out; and it
 * prints one word.
 */
import { setTimeout } from "node:timers/promises";
import { parseArgs } from "node:util";
import { liveLane } from "./live-lane.ts";
import { vitestLane } from "./vitest-lane.ts";
import { framing, trivial } from "./workbench.ts";

/** One way to come from a save to a verdict. */
export interface Lane extends AsyncDisposable {
  /** Saves the answer, and waits for the verdict on it: `pass`. */
  save(): Promise<string>;
}

const { values } = parseArgs({ options: { saves: { type: "string", default: "15" } } });
const pause = 700;
const aim = 150;

console.log(
  `| suite | save → verdict, ${values.saves} saves each | median ms | fastest | slowest |\n| --- | --- | ---: | ---: | ---: |`,
);
const medians: { suite: string; live: number; vitest: number }[] = [];
for (const [suite, make] of [
  ["one trivial test", trivial],
  ["exercise 04, its solution", framing],
] as const) {
  using forLive = make();
  using forVitest = make();
  await using live = await liveLane(forLive);
  await using vitest = await vitestLane(forVitest);
  const times: { [name: string]: number[] } = { "`pnpm workshop`": [], "`vitest --watch`, in-process": [] };
  for (let save = -2; save < Number(values.saves); save++) {
    for (const [index, lane] of [live, vitest].entries()) {
      await setTimeout(pause);
      const started = performance.now();
      const verdict = await lane.save();
      const took = performance.now() - started;
      if (verdict !== "pass") throw new Error(`Expected the verdict pass, got ${verdict}`);
      // The first two warm both.
      if (save >= 0) Object.values(times)[index]?.push(took);
    }
  }
  for (const [name, list] of Object.entries(times)) {
    const sorted = list.toSorted((a, b) => a - b);
    const shown = [median(list), sorted[0], sorted.at(-1)].map((time) => (time ?? Number.NaN).toFixed(0));
    console.log(`| ${suite} | ${name} | ${shown.join(" | ")} |`);
  }
  const [ofLive = [], ofVitest = []] = Object.values(times);
  medians.push({ suite, live: median(ofLive), vitest: median(ofVitest) });
}
console.log();
for (const { suite, live, vitest } of medians) {
  console.log(
    `${live <= vitest ? "✓" : "✗"} ${suite}: at most vitest's median (${(live / vitest).toFixed(2)} of it)`,
  );
  console.log(`${live <= aim ? "✓" : "✗"} ${suite}: at most ${aim} ms`);
}

function median(list: number[]): number {
  return list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)] ?? Number.NaN;
}
