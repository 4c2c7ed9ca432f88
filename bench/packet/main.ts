/**
 * `pnpm bench packet`: headers and checksums of `@tcpip-workshop/core/packet` beside the packet parsers of the registry.
 * Prints Markdown. Each case runs in a process of its own; within a case all take turns.
 */
import { execFileSync } from "node:child_process";
import { availableParallelism, cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { type Lane, race, type Result } from "../cidr/race.ts";
import { tcpFrames } from "./frames.ts";
import * as lanes from "./lanes.ts";
import type { Reader } from "./lanes.ts";

const self = fileURLToPath(import.meta.url);
const ETHERNET_LENGTH = 14;
const frames = tcpFrames(512);
const packets = frames.map((frame) => frame.subarray(ETHERNET_LENGTH));

const cases: Record<string, () => Result[]> = {
  "Ethernet + IPv4 + TCP": () => compare(lanes.tcpNumbers, frames),
  "Ethernet + IPv4 + TCP, addresses as text": () => compare(lanes.tcpTexts, frames),
  "IPv4 header": () => compare(lanes.ipv4Numbers, packets),
  "IPv4 header, addresses as text": () => compare(lanes.ipv4Texts, packets),
  "checksum of an IPv4 header": () =>
    compare(
      lanes.headerChecksum,
      packets.map((packet) => Buffer.from(packet.subarray(0, 20))),
    ),
};
for (const length of [20, 60, 1460, 65_535]) {
  cases[`checksum of ${length} bytes`] = () => compare(lanes.datagramChecksum, datagrams(length), true);
}

const only = process.argv[2];
if (only !== undefined && cases[only] !== undefined) process.stdout.write(JSON.stringify(cases[only]()));
else report();

function report(): void {
  console.log(
    `# Packets, Node ${process.version}, ${cpus()[0]?.model ?? "unknown"}, ${availableParallelism()} cores\n`,
  );
  console.log(
    "Nanoseconds of processor time, median of rounds in turn; × is times ours, so above 1 we are ahead.\n",
  );
  const verdicts: string[] = [];
  for (const title of Object.keys(cases)) {
    const results = JSON.parse(
      execFileSync(process.execPath, [...process.execArgv, self, title], { encoding: "utf8" }),
    ) as Result[];
    verdicts.push(table(title, results));
  }
  console.log(`## Verdicts\n\n${verdicts.join("\n")}`);
}

function table(title: string, results: Result[]): string {
  const bytes = Number(/\d+/.exec(title.replace("IPv4", ""))?.[0] ?? 0);
  const ours = results.find(({ name }) => name === lanes.OURS)!;
  console.log(`## ${title}\n\n| | ns | ${bytes > 0 ? "GB/s" : "M/s"} | × |\n|---|---:|---:|---:|`);
  for (const { name, nanoseconds } of results.toSorted((a, b) => a.nanoseconds - b.nanoseconds)) {
    const rate = bytes > 0 ? bytes / nanoseconds : 1000 / nanoseconds;
    console.log(
      `| ${name} | ${nanoseconds.toFixed(0)} | ${rate.toFixed(2)} | ${(nanoseconds / ours.nanoseconds).toFixed(2)} |`,
    );
  }
  console.log();
  const others = results.filter((result) => result !== ours && !lanes.ASIDE.has(result.name));
  const next = others.toSorted((a, b) => a.nanoseconds - b.nanoseconds)[0]!;
  const ratio = next.nanoseconds / ours.nanoseconds;
  return ratio > 1
    ? `- MET ${title}: ahead of all ${others.length}; next is ${next.name}, ×${ratio.toFixed(2)}`
    : `- MISSED ${title}: behind ${next.name}, ×${ratio.toFixed(2)}`;
}

function compare(readers: Record<string, Reader>, inputs: Buffer[], withCopy = false): Result[] {
  const expected = inputs.map((input) => readers[lanes.OURS]!(input));
  for (const [name, reader] of Object.entries(readers)) {
    for (const [index, input] of inputs.entries()) {
      const got = reader(input);
      if (got !== expected[index]) throw new Error(`Expected ${expected[index]} from ${name}, got ${got}`);
    }
  }
  const all = withCopy ? { ...readers, "(a copy of the bytes)": lanes.copier() } : readers;
  const timed = Object.entries(all).map(([name, reader]): [string, Lane] => [name, over(inputs, reader)]);
  return race(Object.fromEntries(timed), inputs.length);
}

/** A function of its own for each lane: in one for all, V8 could not inline any. */
function over(inputs: Buffer[], reader: Reader): Lane {
  const make = new Function(
    "inputs",
    "reader",
    `return () => {
      let sum = 0;
      for (let index = 0; index < inputs.length; index++) {
        const value = reader(inputs[index]);
        sum += typeof value === "number" ? value : value.length;
      }
      return sum;
    };`,
  ) as (inputs: Buffer[], reader: Reader) => Lane;
  return make(inputs, reader);
}

function datagrams(length: number): Buffer[] {
  return Array.from({ length: Math.max(4, Math.min(256, Math.floor(2 ** 20 / length))) }, (_, index) => {
    const bytes = Buffer.from(
      Uint8Array.from({ length }, (_, at) => (at * 31 + index * 17 + (at >> 8)) & 0xff),
    );
    bytes.writeUInt16BE(0, 6);
    return bytes;
  });
}
