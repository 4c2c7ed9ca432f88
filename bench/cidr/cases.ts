import {
  containing,
  containingParsed,
  containingPrepared,
  longestMatch,
  membership,
  membership6,
  parsing,
  parsingBlocks,
} from "./lanes.ts";
import type { Index } from "./lanes.ts";
import { race } from "./race.ts";
import type { Result } from "./race.ts";
import { blocks, flat, ipv4, ipv6, questions, texts } from "./workload.ts";

const INPUTS = 4096;
const MANY = 100_000;

/** Each by its title; running it takes about a second. */
export const cases: Record<string, () => Result[]> = {
  "parse an IPv4 address": () => race(parsing(texts(ipv4, INPUTS), 4), INPUTS),
  "parse an IPv6 address": () => race(parsing(texts(ipv6, INPUTS), 6), INPUTS),
  "parse an IPv4 block": () => race(parsingBlocks(blocks(ipv4, INPUTS, 8, 24)), INPUTS),
  "contains: IPv4 block and address as text": () => {
    const given = blocks(ipv4, INPUTS, 8, 24);
    return race(containing(given, questions(given, ipv4), 4), INPUTS);
  },
  "contains: IPv6 block and address as text": () => {
    const given = blocks(ipv6, INPUTS, 20, 64);
    return race(containing(given, questions(given, ipv6), 6), INPUTS);
  },
  "contains: IPv4 block prepared, address as text": () => {
    const given = blocks(ipv4, INPUTS, 8, 24);
    return race(containingPrepared(given, questions(given, ipv4)), INPUTS);
  },
  "contains: IPv4 block and address prepared": () => {
    const given = blocks(ipv4, INPUTS, 8, 24);
    return race(containingParsed(given, questions(given, ipv4)), INPUTS);
  },
  "membership in 100,000 IPv4 blocks": () => index(membership),
  "longest-prefix match over 100,000 IPv4 prefixes": () => index(longestMatch),
  "membership in 100,000 IPv6 blocks": () => {
    const given = blocks(ipv6, MANY, 32, 64);
    const asked = sample(questions(given, ipv6));
    return race(membership6(given, asked), asked.length);
  },
};

/** Addresses as text. A linear search takes milliseconds a question, so one tells it from nanoseconds. */
function index(build: (blocks: string[], texts: string[]) => Index): Result[] {
  const given = blocks(ipv4, MANY, 16, 24);
  const asked = sample(questions(given, ipv4));
  const { lanes, linear } = build(given, asked);
  // A hit from the middle: a search that begins at the first block would find the first at once.
  const few = asked.slice(asked.length / 2, asked.length / 2 + 1);
  return [...race(lanes, asked.length), ...race(linear(few), few.length, 1)];
}

/** One in 12 or 13, pairs of a hit and most likely a miss; side by side in memory, as text is that has just come in. */
function sample(asked: string[]): string[] {
  return flat(asked.filter((_, at) => at % 25 < 2));
}
