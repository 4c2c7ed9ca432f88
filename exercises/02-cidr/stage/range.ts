import type { Random } from "@tcpip-workshop/grader/suite";
import type { Cidr } from "../cidr.ts";
import { anyAddress, isAddress, spell } from "./address.ts";
import { blocksIn, lengths, masked, patterns } from "./block.ts";
import { spellBlock } from "./spelling.ts";

/** In BigInt: nothing is shared with the arithmetic under test. */
export function rangeOf({ network, prefixLength }: Cidr): { first: number; last: number } {
  return { first: network, last: Number(BigInt(network) + (1n << BigInt(32 - prefixLength)) - 1n) };
}

export function holds(cidr: Cidr, address: number): boolean {
  const hostBits = BigInt(32 - cidr.prefixLength);
  return BigInt(cidr.network) >> hostBits === BigInt(address) >> hostBits;
}

export function placed(cidr: Cidr, address: number): string {
  const { first, last } = rangeOf(cidr);
  const verb = holds(cidr, address) ? "lies" : "does not lie";
  return `${spell(address)} ${verb} in ${spellBlock(cidr)}, which is ${spell(first)} to ${spell(last)}`;
}

/**
 * Both edges of blocks of every length, and what lies beyond them; then each of the 15 blocks in 8 addresses, against
 * these and their neighbours.
 */
export function nearEdges(random: Random): [Cidr, number][] {
  const edges = [...patterns, anyAddress(random)].flatMap((pattern) =>
    lengths.flatMap((length) => {
      const each = masked(pattern, length);
      const { first, last } = rangeOf(each);
      const near = [first, last, first - 1, last + 1].filter(isAddress);
      return near.map((address): [Cidr, number] => [each, address]);
    }),
  );
  const small = blocksIn(0x80000000).flatMap((each) =>
    Array.from({ length: 10 }, (_, index): [Cidr, number] => [each, 0x7fffffff + index]),
  );
  return [...edges, ...small];
}
