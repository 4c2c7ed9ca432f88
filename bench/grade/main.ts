/**
 * `pnpm bench grade [--exercise 04] [--submissions N] [--rounds N] [--jobs N]`: how many submissions a minute, sealed and open, in turns, of
 * one exercise's solution; by the judges of `pnpm workshop grade` themselves, so with a fresh grader for each, and nothing kept.
 * `--all`: the same, one submission a round, for each exercise there is.
 */
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { openCourse } from "../../packages/workshop/src/course/course.ts";
import { findTarget } from "../../packages/workshop/src/course/target.ts";
import { Lane } from "./lane.ts";
import { race } from "./race.ts";

const target = 1.25;
const { values } = parseArgs({
  options: {
    exercise: { type: "string", default: "04" },
    submissions: { type: "string" },
    rounds: { type: "string" },
    jobs: { type: "string" },
    all: { type: "boolean", default: false },
  },
});
const course = openCourse();
const labels = values.all ? course.labels : [findTarget(course, values.exercise).label];
const submissions = whole("submissions", values.submissions, values.all ? 1 : 6);
const rounds = whole("rounds", values.rounds, values.all ? 1 : 3);
const jobs = whole("jobs", values.jobs, values.all ? 1 : availableParallelism());

await using sealed = await Lane.start(course, "sealed", jobs);
await using open = await Lane.start(course, "open", jobs);
const said = `${rounds === 1 ? "a round" : `${rounds} rounds`} of ${submissions}, ${jobs} at once`;
console.log(
  `Until the first verdict, the canaries among it: sealed ${sealed.startedIn.toFixed(0)} ms, open ${open.startedIn.toFixed(0)} ms\n`,
);
console.log(
  `| solution, ${said} | sealed a minute | open a minute | sealed ms | open ms | sealed / open, median (range) |\n` +
    "| --- | ---: | ---: | ---: | ---: | ---: |",
);
const ratios: number[] = [];
for (const label of labels) {
  const { sealedTime, openTime, ratio, least, most } = await race(sealed, open, label, {
    submissions,
    rounds,
  });
  const times = [sealedTime, openTime];
  const perMinute = times.map((time) => (60_000 / time).toFixed(1));
  const range = rounds > 1 ? ` (${least.toFixed(2)}–${most.toFixed(2)})` : "";
  console.log(
    `| ${[label, ...perMinute, ...times.map((time) => time.toFixed(0)), ratio.toFixed(2)].join(" | ")}${range} |`,
  );
  ratios.push(ratio);
}
const worst = Math.max(...ratios);
const which = labels.length > 1 ? `, ${labels[ratios.indexOf(worst)]} the dearest` : "";
console.log(`\nsealed at most ${target} × open: ${worst.toFixed(2)}${which} ${worst <= target ? "✓" : "✗"}`);

function whole(name: string, typed: string | undefined, usual: number): number {
  const number = typed === undefined ? usual : Number(typed);
  if (Number.isInteger(number) && number >= 1 && number <= 1000) return number;
  throw new Error(`Expected --${name} with a whole number from 1 to 1000, got "${typed}"`);
}
