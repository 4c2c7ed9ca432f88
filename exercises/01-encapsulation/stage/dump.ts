import { digits } from "./bytes.ts";
import type { Frame } from "./frame.ts";

/** What is to be said of a frame's bytes. */
export interface DumpOptions {
  /** The index of a byte that stands in brackets, and what is to be said of it. */
  marked?: number | undefined;
  note?: string;
  /** The last four bytes are its FCS. */
  fcs?: boolean;
}

/**
 * A frame's bytes, a line a layer, as far as they are there:
 *
 *     Ethernet: 02 00 00 00 00 02 02 00 00 00 00 01 08 00
 *     IPv4: 45 00 00 21 2a 17 40 00 40 11 24 79 c0 00 02 01 c6 33 64 07
 *     UDP: 13 88 00 07 00 0d bc 36
 *     payload: 68 65 6c 6c 6f
 */
export function dump(
  { peeled, transport, payload, end }: Frame,
  bytes: Uint8Array,
  { marked, note = "the byte to look at", fcs = false }: DumpOptions = {},
): string {
  const sealedAt = fcs ? bytes.length - 4 : bytes.length;
  const parts = [
    ["Ethernet", 0, 14],
    ["IPv4", 14, transport],
    ["udp" in peeled ? "UDP" : "TCP", transport, payload],
    ["payload", payload, end],
    ["behind the packet", end, sealedAt],
    ["FCS", sealedAt, bytes.length],
  ] as const;
  const lines = parts.flatMap(([name, from, to]) => line(name, bytes, from, to, marked));
  const isMarked = marked !== undefined && marked < bytes.length;
  return [...lines, ...(isMarked ? [`in brackets: ${note}`] : [])].join("\n");
}

/** The first line of a frame's bytes that is not as it was meant, and what came instead. */
export function firstDifference(meant: Frame, came: Uint8Array = new Uint8Array(0)): (string | undefined)[] {
  const [wanted, got] = [meant.bytes, came].map((bytes) => dump(meant, bytes).split("\n"));
  const line = wanted?.findIndex((text, index) => text !== got?.[index]) ?? -1;
  return [wanted?.[line], got?.[line]];
}

/** The marked byte stands in brackets. */
function line(name: string, bytes: Uint8Array, from: number, to: number, marked = -1): string[] {
  if (from >= Math.min(to, bytes.length)) return [];
  const shown = digits(bytes.slice(from, to)).split(" ");
  const at = marked - from;
  return [`${name}: ${shown.map((byte, index) => (index === at ? `[${byte}]` : byte)).join(" ")}`];
}
