// Stages 40,000 sockets for real, then lets each reader read them all, in turns. Prints Markdown.
import { availableParallelism } from "node:os";
import { performance } from "node:perf_hooks";
import { table } from "../framing/table.ts";
import { crowd } from "./crowd.ts";
import { readers } from "./readers.ts";

const ROWS = 40_000;
const ROUNDS = Number(process.argv[2] ?? 7);

await using _sockets = await crowd(ROWS);
const times = new Map(readers.map(({ name }) => [name, [] as number[]]));
const found = new Map<string, number>();
// The first round warms up, and shows who cannot do it at all.
for (let round = 0; round <= ROUNDS; round++) {
  for (const { name, read } of readers) {
    const start = performance.now();
    try {
      found.set(name, await read());
    } catch (error) {
      console.error(`${name}: ${String(error)}`);
      times.delete(name);
    }
    if (round > 0) times.get(name)?.push(performance.now() - start);
  }
}

const own = median(times.get(readers[0]!.name)!);
const rows = Array.from(times, ([name, samples]) => [
  name,
  median(samples).toFixed(1),
  (median(samples) / own).toFixed(2),
  String(found.get(name) || ""),
]);
console.log(
  `${ROWS.toLocaleString("en")} established sockets, Node ${process.version}, ${availableParallelism()} cores, median of ${ROUNDS}\n`,
);
console.log(table(["reader", "ms", "× ours", "sockets found"], rows));

function median(samples: number[]): number {
  return samples.toSorted((one, other) => one - other)[Math.floor(samples.length / 2)] ?? NaN;
}
