import { linkText, silent } from "./links.ts";
import type { Fault, Link, NarrowPath, Packet } from "./narrow-path.ts";
import type { Staged } from "./staging.ts";

/** What a router that takes the packet would never say, where `base` is 1,280: in words, and as a number. */
export const untrueReports: [what: string, report: (packet: Packet, path: NarrowPath) => number][] = [
  ["0", () => 0],
  ["68", () => 68],
  ["one less than `base`", () => 1279],
  ["its own size", ({ size }) => size],
  ["one more than its size", ({ size }) => size + 1],
  ["one less than what was acknowledged", (_, path) => path.largestAcked - 1],
];

/** The first one or two packets of each size are lost, or are not heard of again. */
export function firstLost(times: 1 | 2, how: "lost" | "unheard"): Omit<Staged, "links"> {
  const which = times === 1 ? "the first packet of each size is" : "the first two packets of each size are";
  const story = `${which} lost${how === "unheard" ? " (or rather their acknowledgments are)" : ""}`;
  return { story, fault: ({ nth }) => (nth <= times ? how : undefined) };
}

/** What is no matter of size, while a message is sent: in words, the rule about it, and what happens to a packet. */
export const losses: [what: string, rule: string, loss: (packet: Packet) => Fault][] = [
  ["some packets are lost", "One loss or two of a packet are", () => "lost"],
  ["some acknowledgments are lost", "One loss or two of a packet are", () => "unheard"],
  [
    "some packets are answered by reports that cannot be true",
    "A report that cannot be true counts as a loss, and one loss or two of a packet are",
    ({ number, size }) => ({ tooBig: size < 1280 ? 1280 : ([0, 1279, size][number % 3] ?? 0) }),
  ],
];

/** A path of 1,500 with a narrower link behind each of these bytes of a message. */
export function narrowing(changes: Record<number, Link>): Staged {
  const left = Object.entries(changes);
  const story = left.map(([byte, link]) => `behind byte ${byte} it takes ${linkText(link)}`).join(", ");
  const fault = ({ offset }: Packet, path: NarrowPath): Fault => {
    const [byte, link] = left[0] ?? [];
    if (link === undefined || offset < Number(byte)) return undefined;
    path.links = [link];
    left.shift();
    return undefined;
  };
  return { links: [silent(1500)], fault, story };
}

/**
 * A path of 1,500 where the first two packets of each size are lost; behind two of these sizes it has a narrower link.
 * Probes do not count where pieces came first.
 */
export function narrowingLate(changes: Record<number, Link>): Staged {
  const each = Object.entries(changes).map(
    ([size, link]) => `, behind two of ${size} it takes ${linkText(link)}`,
  );
  const fault = ({ kind, size, nth }: Packet, path: NarrowPath): Fault => {
    if (nth > 2) return undefined;
    const link = changes[size];
    if (link !== undefined && nth === 2 && kind === path.packets[0]?.kind) path.links = [link];
    return "lost";
  };
  const story = `the first two packets of each size are lost${each.toReversed().join("")}`;
  return { links: [silent(1500)], fault, story };
}
