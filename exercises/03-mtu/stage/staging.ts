import { expect, quietly, step, timeline, type Answer } from "@tcpip-workshop/grader/suite";
import type { SearchOptions, SendOptions } from "../mtu.ts";
import { linkText } from "./links.ts";
import { NarrowPath, tooMany, type Fault, type Link, type Packet } from "./narrow-path.ts";
import { listOf } from "./runs.ts";

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
  step(
    `searchPathMtu(path, { base: ${base}, max: ${max}, budget: ${budget} })\n→ ${textOf(ending)}, by ${listOf(path.packets, false)}`,
  );
  expectPatience(path);
  const count = path.packets.length;
  const within = "A search sends no more probes than its budget, `base` and repeats counted";
  const allowed = `at most ${budget} probe${budget === 1 ? "" : "s"}`;
  expect(count > budget ? overText(count) : allowed, within).toBe(allowed);
  const known =
    "What was acknowledged is known to pass: neither that size nor a smaller one is worth another probe";
  const wasted = knownBefore(path);
  const above = `a probe above ${wasted?.passes}`;
  expect(wasted === undefined ? above : `a probe of ${wasted.size}`, known).toBe(above);
  const outside = path.packets.find(({ size }) => size < base || size > max);
  const inside = "A search probes sizes from `base` to `max`, and no others";
  const range = `probes of ${base} to ${max}`;
  expect(outside === undefined ? range : `a probe of ${outside.size}`, inside).toBe(range);
  expectThree(path, "A size that was lost three times in a row is too large: it is not tried a fourth time");
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
  const call = `sendMessage(path, ${message.length} byte${message.length === 1 ? "" : "s"}, { mtu: ${size}, base: ${base}, budget: ${budget} })`;
  step(`${call}\n→ ${textOf(ending)}, by ${listOf(path.packets, true)}`);
  expectPatience(path);
  const longest = Math.max(0, ...path.packets.map((packet) => packet.size));
  const headers =
    "The size of a packet counts its headers: no packet is larger than `mtu`, and a piece of the message is 32 bytes shorter";
  expect({ packet: Math.max(size, longest) }, headers).toEqual({ packet: size });
  const fourth =
    "A packet that was lost three times in a row is not sent a fourth time as it is: its size is the reason, or there is no path";
  expectThree(path, fourth);
  return [ending, path];
}

/** The whole message, and nothing else, is with the receiver. */
export function expectWhole(path: NarrowPath, message: Uint8Array): void {
  const arrived =
    "Every byte of the message must be acknowledged before `sendMessage` ends, and lie where its offset says";
  const { message: got } = path;
  const sent = `${message.length} bytes, as they were sent`;
  const same = Buffer.compare(got, message) === 0;
  const other = got.length === message.length ? "not as they were sent" : "and then a gap, or the end";
  expect(same ? sent : `${got.length} bytes, ${other}`, arrived).toBe(sent);
}

/** Nothing that was acknowledged is sent again, and each search stays below the packet that was lost. */
export function expectForward({ packets }: NarrowPath): void {
  let [acked, size] = [0, 0];
  for (const packet of packets) {
    if (packet.kind === "probe") {
      const below =
        "That the packet which was lost three times is too large is known: the search goes from `base` to one byte less than its size";
      const wanted = `a probe below ${size}`;
      expect(packet.size < size ? wanted : `packet ${packet.number}, a probe of ${packet.size}`, below).toBe(
        wanted,
      );
      continue;
    }
    const again = "What has been acknowledged is not sent again: the message goes on where it stood";
    const onward = `data from ${acked} on`;
    const back = `packet ${packet.number}, with data from ${packet.offset} on`;
    expect(packet.offset < acked ? back : onward, again).toBe(onward);
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
  const isSilent = links.every(({ answers }) => !answers);
  const way = links.map((link) => (isSilent ? link.mtu : linkText(link)));
  const takes = way.length === 1 ? `that takes ${way[0]}` : `of links that take ${way.join(", then ")}`;
  step(`a ${isSilent ? "silent " : ""}path ${takes}${story === undefined ? "" : `; ${story}`}`);
  timeline("what the router got, packet by packet", path);
  return path;
}

/** The first probe that could say nothing new, and what was acknowledged before it. */
function knownBefore({ packets }: NarrowPath): { size: number; passes: number } | undefined {
  let passes = 0;
  for (const { size, outcome } of packets) {
    if (size <= passes) return { size, passes };
    if (outcome === "acked") passes = size;
  }
  return undefined;
}

function expectPatience({ peak }: NarrowPath): void {
  const each = "One packet is under way at a time: what became of it says what to send next";
  const one = "1 packet under way";
  expect(peak > 1 ? `${peak} packets under way` : one, each).toBe(one);
}

/** No packet is sent more than three times in a row, each time in vain. */
function expectThree({ packets }: NarrowPath, rule: string): void {
  let [row, longest, of] = [0, 0, packets[0]];
  for (const [index, packet] of packets.entries()) {
    const before = packets[index - 1];
    const isAgain =
      before?.kind === packet.kind && before.size === packet.size && before.offset === packet.offset;
    row = isAgain && before.outcome !== "acked" ? row + 1 : 1;
    if (row > longest) [longest, of] = [row, packet];
  }
  const thrice = "at most 3 times in a row";
  expect(longest > 3 ? `${longest} times in a row, a packet of ${of?.size}` : thrice, rule).toBe(thrice);
}

async function endingOf(call: Promise<number>): Promise<Ending> {
  try {
    return { returned: await call };
  } catch (error) {
    if (!(error instanceof Error) || error.name === "AnswerFailure") throw error;
    return { threw: (error as Error & { code?: string }).code ?? error.message };
  }
}

function textOf(ending: Ending): string {
  if ("returned" in ending) return `returned ${ending.returned}`;
  return ending.threw === tooMany
    ? "never ended: the path threw after 300 datagrams"
    : `threw ${ending.threw}`;
}

function overText(count: number): string {
  return count >= 300 ? "300, and it would have gone on" : `${count} probes`;
}
