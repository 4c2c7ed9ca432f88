import { availableParallelism, cpus } from "node:os";
import type { Behaviour } from "./behaviour.ts";
import type { Case } from "./cases.ts";
import { PASS_LIMIT } from "./measure.ts";
import type { Peer } from "./peer.ts";
import { peers } from "./peers.ts";
import { table } from "./table.ts";

/** In the unit of its case, or why there is none. */
export type Speed = number | "too slow" | "fails";

export interface Result {
  name: string;
  shape: Case;
  speeds: Map<string, Speed>;
}

/** "Level" means: within what differs from one run to the next. */
const LEVEL = 0.9;

export function report(
  rounds: number,
  behaviours: Map<string, Behaviour>,
  results: readonly Result[],
  flat: readonly [number, number][],
): string {
  return [
    `Node ${process.version}, ${cpus()[0]?.model ?? "unknown processor"}, ${availableParallelism()} cores; CPU time, median of ${rounds} interleaved rounds.`,
    "",
    ...results.map(({ name, shape }) => `- (${name}) ${shape.title}, ${shape.unit}`),
    "- limit: reading the lengths in one buffer; in (c) copying the chunks into memory at hand",
    `- too slow: would take more than ${PASS_LIMIT / 1000} s for (c); fails: throws there`,
    "",
    speedTable(behaviours, results),
    "",
    "Targets, against the best peer whose frames stay intact:",
    "",
    ...results.flatMap((result) => verdicts(result, behaviours)),
    flatVerdict(flat),
  ].join("\n");
}

function speedTable(behaviours: Map<string, Behaviour>, results: readonly Result[]): string {
  const head = ["", "gives", ...results.flatMap(({ name }) => [`(${name})`, "× best"]), "beware"];
  const row = (name: string, gives: string) => {
    const cells = results.flatMap(({ speeds }) => {
      const speed = speeds.get(name) ?? "";
      return typeof speed === "number"
        ? [digits(speed), digits(speed / best(speeds, behaviours).speed)]
        : [speed, ""];
    });
    return [name, gives, ...cells, remarks(behaviours.get(name))];
  };
  return table(head, [row("limit", ""), ...peers.map(({ name, gives }) => row(name, gives))]);
}

/** The fastest of the others whose frames stay intact, among those of `kind`. */
function best(
  speeds: Map<string, Speed>,
  behaviours: Map<string, Behaviour>,
  kind?: (peer: Peer) => boolean,
): { name: string; speed: number } {
  const ranked = peers
    .filter((peer) => !peer.ours && behaviours.get(peer.name)?.intact && (kind?.(peer) ?? true))
    .map(({ name }) => ({ name, speed: number(speeds.get(name)) }));
  return ranked.reduce((fastest, each) => (each.speed > fastest.speed ? each : fastest));
}

function verdicts({ name, shape, speeds }: Result, behaviours: Map<string, Behaviour>): string[] {
  const any = best(speeds, behaviours);
  const objects = best(speeds, behaviours, ({ gives }) => gives !== "span");
  const line = (ours: string, rival: { name: string; speed: number }, remark: string) => {
    const ratio = number(speeds.get(ours)) / rival.speed;
    const passed = ratio >= (shape.target === 1 ? LEVEL : shape.target);
    return `- (${name}) ${ours}, ${shape.target === 1 ? "level with" : `${shape.target} ×`} ${rival.name}${remark}: ${digits(ratio)} × ${passed ? "✓" : "✗"}`;
  };
  const lines = [line("core forEach", any, ""), line("core push", any, "")];
  if (objects.name !== any.name)
    lines.push(line("core push", objects, ", the best that gives each frame as an object"));
  return lines;
}

function flatVerdict(flat: readonly [number, number][]): string {
  const speeds = flat.map(([, speed]) => speed);
  const ratio = Math.max(...speeds) / Math.min(...speeds);
  const list = flat.map(([length, speed]) => `${length / 1024} KiB ${digits(speed)}`).join(", ");
  return `- flat within 2 × from 256 KiB to 64 MiB frames in 1448-byte chunks: ${digits(ratio)} × ${ratio <= 2 ? "✓" : "✗"} (MB/s: ${list})`;
}

function remarks(of: Behaviour | undefined): string {
  if (of === undefined) return "";
  const all: (string | false)[] = [
    !of.intact && "frames do not stay intact: not ranked",
    !of.keepsEmptyFrames && "loses empty frames",
    (of.takenFor1GiB ?? 0) >= 2 ** 30 && "takes 1 GiB on sight of a header that declares it",
  ];
  return all.filter(Boolean).join("; ");
}

function number(speed: Speed | undefined): number {
  return typeof speed === "number" ? speed : 0;
}

function digits(value: number): string {
  return value.toFixed(value >= 100 ? 0 : value >= 10 ? 1 : 2);
}
