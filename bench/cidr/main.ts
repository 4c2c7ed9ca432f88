// Prints Markdown. Each case runs in a process of its own, so that what V8 learned in one neither helps nor hurts the next;
// within a case all libraries take turns.
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { cases } from "./cases.ts";
import { OURS } from "./lanes.ts";
import { footprints } from "./memory.ts";
import type { Footprint } from "./memory.ts";
import type { Result } from "./race.ts";

const TEN_TIMES = "membership in 100,000 IPv4 blocks";
/** Those that keep an index over many blocks, too; the others try one after the other. */
const INDEXED = new Set(["net.BlockList", "ip-set"]);
const self = fileURLToPath(import.meta.url);
const verdicts: string[] = [];

const only = process.argv[2];
if (only !== undefined && cases[only] !== undefined) process.stdout.write(JSON.stringify(cases[only]()));
else report();

function report(): void {
  console.log(`# CIDR, Node ${process.version}\n`);
  console.log(
    "Nanoseconds for one question, median of interleaved rounds; × is times ours, so above 1 we are ahead.\n",
  );
  for (const title of Object.keys(cases)) {
    const child = execFileSync(process.execPath, [...process.execArgv, self, title], { encoding: "utf8" });
    const results = JSON.parse(child) as Result[];
    ahead(title, results);
    if (title === TEN_TIMES) times(title, results, 10);
  }
  memory(footprints());
  console.log("## Verdicts\n");
  for (const verdict of verdicts) console.log(`- ${verdict}`);
}

function ahead(title: string, results: Result[]): void {
  const ours = results.find((result) => result.name === OURS)!;
  const others = results.filter((result) => result !== ours);
  console.log(`## ${title}\n\n| | ns | per second | × |\n|---|---:|---:|---:|`);
  for (const { name, nanoseconds } of results.toSorted((a, b) => a.nanoseconds - b.nanoseconds)) {
    console.log(
      `| ${name} | ${digits(nanoseconds)} | ${perSecond(nanoseconds)} | ${digits(nanoseconds / ours.nanoseconds)} |`,
    );
  }
  console.log();
  const next = others.toSorted((a, b) => a.nanoseconds - b.nanoseconds)[0]!;
  const ratio = next.nanoseconds / ours.nanoseconds;
  verdict(ratio > 1, `${title}: ahead of all ${others.length}; next is ${next.name}, ×${digits(ratio)}`);
}

/** "Ten times" against every library that keeps an index. */
function times(title: string, results: Result[], target: number): void {
  const ours = results.find((result) => result.name === OURS)!;
  for (const other of results.filter(({ name }) => INDEXED.has(name))) {
    const ratio = other.nanoseconds / ours.nanoseconds;
    verdict(ratio >= target, `${title}: ${target} times as fast as ${other.name}; it is ×${digits(ratio)}`);
  }
}

function memory(results: Footprint[]): void {
  console.log(
    `## Memory of 100,000 IPv4 blocks\n\n| | JavaScript | native | filling |\n|---|---:|---:|---:|`,
  );
  const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(2)} MB`;
  for (const { name, javascript, native, milliseconds } of results) {
    // A process's size wobbles by more than a table that has nothing native takes.
    const outside = name === "net.BlockList" ? megabytes(native) : "none";
    console.log(`| ${name} | ${megabytes(javascript)} | ${outside} | ${milliseconds.toFixed(0)} ms |`);
  }
  console.log();
  const size = ({ name, javascript, native }: Footprint) => (name === "net.BlockList" ? native : javascript);
  const ours = results.find((result) => result.name === OURS)!;
  for (const other of results.filter((result) => result !== ours)) {
    const ratio = size(other) / size(ours);
    verdict(ratio >= 5, `memory: a fifth of ${other.name}: 1/${digits(ratio)}`);
  }
}

function verdict(met: boolean, text: string): void {
  verdicts.push(`${met ? "MET" : "MISSED"} ${text}`);
}

function digits(value: number): string {
  return value >= 1000 ? value.toFixed(0) : value.toPrecision(3);
}

function perSecond(nanoseconds: number): string {
  const rate = 1e9 / nanoseconds;
  if (rate >= 1e6) return `${(rate / 1e6).toFixed(1)} M`;
  return rate >= 1000 ? `${(rate / 1000).toFixed(1)} k` : rate.toFixed(0);
}
