import type { Fault, Link, NarrowPath, Packet } from "./narrow-path.ts";

/** A link with ICMP. */
export function tells(mtu: number): Link {
  return { mtu, answers: true };
}

/** A link without. */
export function silent(mtu: number): Link {
  return { mtu, answers: false };
}

/** What a router that takes the packet would never say, where `base` is 1,280: in words, and as a number. */
export const untrueReports: [what: string, report: (packet: Packet, path: NarrowPath) => number][] = [
  ["0", () => 0],
  ["68", () => 68],
  ["one less than `base`", () => 1279],
  ["its own size", ({ size }) => size],
  ["one more than its size", ({ size }) => size + 1],
  ["one less than what was acknowledged", (_, path) => path.largestAcked - 1],
];

/** When a piece from these bytes of the message on has passed, the way has other links. */
export function changing(changes: Record<number, Link[]>): (packet: Packet, path: NarrowPath) => Fault {
  const left = Object.entries(changes);
  return ({ offset }, path) => {
    if (offset >= Number(left[0]?.[0])) path.links = left.shift()?.[1] ?? [];
    return undefined;
  };
}
