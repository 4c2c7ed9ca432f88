import type { Packet } from "./narrow-path.ts";

/** Packets one after the other that are alike but for where their data begins, and what became of all of them. */
interface Run {
  first: Packet;
  last: Packet;
  count: number;
  /** The same data again, or none: probes. */
  repeats: boolean;
  fate: string;
}

/** The most runs that one line shows. */
const most = { first: 5, last: 4 };

/** As the sender knows them, on one line: `1280 acked · 1500 lost (3×)`, `5 packets of 1500 from 0 on, acked`. */
export function listOf(packets: Packet[], withKind: boolean): string {
  const runs = runsOf(packets, ({ outcome }) =>
    typeof outcome === "object" ? `too big, ${outcome.tooBig}` : outcome,
  );
  if (runs.length === 0) return "no packet at all";
  const texts = runs.map((run) => {
    const times = run.count > 1 && run.repeats ? ` (${run.count}×)` : "";
    return `${withKind ? named(run) : `${run.first.size} `}${run.fate}${times}`;
  });
  const left = texts.length - most.first - most.last;
  if (left <= 1) return texts.join(" · ");
  return [...texts.slice(0, most.first), `… ${left} more …`, ...texts.slice(-most.last)].join(" · ");
}

/** As the router saw them, a line each: `6 to 8: 1500 bytes, data from 7340 on: lost, whatever its size`. */
export function linesOf(packets: Packet[]): string[] {
  return runsOf(packets, ({ fate }) => fate).map(({ first, last, count, repeats, fate }) => {
    const numbers = count === 1 ? `${first.number}` : `${first.number} to ${last.number}`;
    const data = repeats ? `data from ${first.offset} on` : `data from ${first.offset} on, piece by piece`;
    return `${numbers}: ${first.size} bytes, ${first.kind === "probe" ? "a probe" : data}: ${fate}`;
  });
}

function named({ first, count, repeats }: Run): string {
  if (first.kind === "probe") return `probe ${first.size} `;
  const packets = repeats ? "a packet" : `${count} packets`;
  return `${packets} of ${first.size} from ${first.offset} on, `;
}

function runsOf(packets: Packet[], fateOf: (packet: Packet) => string): Run[] {
  const runs: Run[] = [];
  for (const packet of packets) {
    const [run, fate] = [runs.at(-1), fateOf(packet)];
    const { kind, size, offset } = packet;
    const isAlike = run?.fate === fate && run.last.kind === kind && run.last.size === size;
    const again = isAlike && run.last.offset === offset && run.repeats;
    const onward =
      isAlike && offset > run.last.offset && (run.count === 1 || !run.repeats) && kind === "piece";
    if (run !== undefined && (again || onward)) {
      run.repeats = again;
      run.last = packet;
      run.count++;
    } else runs.push({ first: packet, last: packet, count: 1, repeats: true, fate });
  }
  return runs;
}
