import { expect, quietly, step, timeline, type Answer } from "@tcpip-workshop/grader/suite";
import type { SearchOptions, SendOptions } from "../mtu.ts";
import { linkText } from "./links.ts";
import { NarrowPath, type Fault, type Link, type Packet } from "./narrow-path.ts";

type Mtu = Answer<typeof import("../mtu.ts")>;

/** What came of a search, or of a message. */
export type Ending = { returned: number } | { threw: string };

/** Probes enough for an exact result between two sizes, where nothing is lost but for its size. */
export function enough(base: number, max: number): number {
  return 4 + 3 * Math.ceil(Math.log2(max - base));
}

/** A path, and what it does. */
export interface Staged {
  links: Link[];
  /** What happens to packets that would fit; `story` says it in words. */
  fault?: (packet: Packet, path: NarrowPath) => Fault;
  story?: string;
}

/** Searches one path to its end. What is not about the result is checked here: no probe too many, nothing unconfirmed. */
export async function search(
  mtu: Mtu,
  staged: Staged,
  options: SearchOptions,
): Promise<[Ending, NarrowPath]> {
  await using path = await open(staged);
  const { base, max, budget } = options;
  const ending = await endingOf(quietly(() => mtu.searchPathMtu(path.lent, options)));
  const sizes = path.packets.map(({ size, outcome }) => `${size} ${outcomeText(outcome)}`);
  step(
    `searchPathMtu(path, { base: ${base}, max: ${max}, budget: ${budget} })\n→ ${textOf(ending)}, by ${listOf(sizes)}`,
  );
  expectPatience(path);
  const count = path.packets.length;
  const within = "A search sends no more probes than its budget, `base` and repeats counted";
  expect(count > budget ? overText(count) : "within the budget", within).toBe("within the budget");
  const known = "What was acknowledged is known: neither that size nor a smaller one is probed again";
  expect(knownBefore(path) ?? "nothing twice", known).toBe("nothing twice");
  const outside = path.packets.find(({ size }) => size < base || size > max);
  const inside = "A search probes sizes from `base` to `max`, and no others";
  expect(outside?.size ?? "none outside", inside).toBe("none outside");
  if ("returned" in ending && ending.returned !== path.largestAcked) {
    const confirmed =
      "A search returns the largest size that was acknowledged: not one that nobody has acknowledged";
    expect(ending, confirmed).toEqual({ returned: path.largestAcked });
  }
  return [ending, path];
}

/** Sends one message to its end. */
export async function deliver(
  mtu: Mtu,
  staged: Staged,
  message: Uint8Array,
  options: SendOptions,
): Promise<[Ending, NarrowPath]> {
  await using path = await open(staged);
  const ending = await endingOf(quietly(() => mtu.sendMessage(path.lent, message, options)));
  const { mtu: size, base, budget } = options;
  const call = `sendMessage(path, ${message.length} bytes, { mtu: ${size}, base: ${base}, budget: ${budget} })`;
  const sent = path.packets.map(
    (packet) =>
      `${packet.kind} ${packet.size}${packet.kind === "piece" ? ` at ${packet.offset}` : ""} ${outcomeText(packet.outcome)}`,
  );
  step(`${call}\n→ ${textOf(ending)}, by ${listOf(sent)}`);
  expectPatience(path);
  return [ending, path];
}

/** The whole message, and nothing else, is with the receiver. */
export function expectWhole(path: NarrowPath, message: Uint8Array): void {
  const arrived =
    "Every byte of the message is acknowledged before `sendMessage` ends, and lies where its offset says";
  const { message: got } = path;
  const same = Buffer.compare(got, message) === 0;
  const received = same
    ? "all of it"
    : `${got.length} bytes${got.length === message.length ? ", not the same" : ""}`;
  expect(received, arrived).toBe("all of it");
}

/** Nothing that was acknowledged is sent again, and each search stays below the packet that was lost. */
export function expectForward({ packets }: NarrowPath): void {
  let [acked, size] = [0, 0];
  for (const packet of packets) {
    if (packet.kind === "probe") {
      const below =
        "The packet was lost three times: the search goes from `base` to one byte less than its size";
      expect(packet.size < size ? "below" : `${packet.size}, and ${size} was lost`, below).toBe("below");
      continue;
    }
    const again = "What has been acknowledged is not sent again: the message goes on where it stood";
    expect(packet.offset < acked ? `once more from ${packet.offset} on` : "nothing twice", again).toBe(
      "nothing twice",
    );
    size = packet.size;
    if (packet.outcome === "acked") acked = packet.offset + packet.size - 32;
  }
}

/** The path whose packets a failure shows. Those before it have passed their checks. */
let shown: NarrowPath | undefined;

async function open({ links, fault, story }: Staged): Promise<NarrowPath> {
  const path = await NarrowPath.open(...links);
  shown?.forget();
  shown = path;
  if (fault !== undefined) path.fault = (packet) => fault(packet, path);
  const way = links.map(linkText);
  const takes = way.length === 1 ? `that takes ${way[0]}` : `of links that take ${way.join(", ")}`;
  step(`a path ${takes}${story === undefined ? "" : `; ${story}`}`);
  timeline(path);
  return path;
}

/** The first probe that could say nothing new, in words. */
function knownBefore({ packets }: NarrowPath): string | undefined {
  let passes = 0;
  for (const { size, outcome } of packets) {
    if (size <= passes) return `${size}, and ${passes} was acknowledged`;
    if (outcome === "acked") passes = size;
  }
  return undefined;
}

function expectPatience({ peak }: NarrowPath): void {
  const each = "One packet is under way at a time: what became of it says what to send next";
  expect(peak > 1 ? `${peak} at once` : "one at a time", each).toBe("one at a time");
}

async function endingOf(call: Promise<number>): Promise<Ending> {
  try {
    return { returned: await call };
  } catch (error) {
    if (!(error instanceof Error) || error.name === "AnswerFailure") throw error;
    return { threw: (error as Error & { code?: string }).code ?? error.message };
  }
}

function outcomeText(outcome: Packet["outcome"]): string {
  return typeof outcome === "object" ? `too big, ${outcome.tooBig}` : outcome;
}

function textOf(ending: Ending): string {
  return "returned" in ending ? `returned ${ending.returned}` : `threw ${ending.threw}`;
}

/** Repeats are counted; the middle of a long list is left out. */
function listOf(items: string[]): string {
  const runs: { item: string; count: number }[] = [];
  for (const item of items) {
    const last = runs.at(-1);
    if (last?.item === item) last.count++;
    else runs.push({ item, count: 1 });
  }
  const texts = runs.map(({ item, count }) => (count === 1 ? item : `${item} (${count}×)`));
  if (texts.length === 0) return "no packet at all";
  return texts.length <= 12 ? texts.join(" · ") : [...texts.slice(0, 7), "…", ...texts.slice(-4)].join(" · ");
}

function overText(count: number): string {
  return count >= 300 ? "300, and it would have gone on" : `${count} probes`;
}
