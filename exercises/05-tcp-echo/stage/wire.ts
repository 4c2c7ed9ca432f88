import type { ScriptedPeer } from "@tcpip-workshop/faults/tcp";

/** `   432.5 ms              65536 bytes came`: the clock, and what went which way. */
const transfer = /^(.* ms\s+)(?:sends (\d+) bytes|(\d+) bytes came)$/;

/** A client's timeline. Chunks behind each other are one line: megabytes come in hundreds of them. */
export function inShort(client: ScriptedPeer): { timeline(): string[] } {
  return { timeline: () => runs(client.timeline()).map(said) };
}

interface Run {
  line: string;
  clock: string;
  way: "sends" | "came" | "no bytes";
  bytes: number;
  count: number;
}

function runs(lines: string[]): Run[] {
  const all: Run[] = [];
  for (const line of lines) {
    const [, clock = "", sent, came] = transfer.exec(line) ?? [];
    const way = sent ? "sends" : came ? "came" : "no bytes";
    const bytes = Number(sent ?? came ?? 0);
    const last = all.at(-1);
    if (way !== "no bytes" && last?.way === way) {
      last.bytes += bytes;
      last.count++;
    } else all.push({ line, clock, way, bytes, count: 1 });
  }
  return all;
}

function said({ line, clock, way, bytes, count }: Run): string {
  if (count === 1) return line;
  return way === "sends"
    ? `${clock}sends ${bytes} bytes, in ${count} pieces`
    : `${clock}${bytes} bytes came, in ${count} chunks`;
}
