import type { Cidr } from "../cidr.ts";
import { lengths, masked } from "./block.ts";
import { spellBlock } from "./spelling.ts";

/** The blocks of this length that fill `cidr`, lowest first, as text. */
export function subnetsOf(cidr: Cidr, prefixLength: number): string[] {
  const size = 1n << BigInt(32 - prefixLength);
  return Array.from({ length: 2 ** (prefixLength - cidr.prefixLength) }, (_, index) =>
    spellBlock({ network: Number(BigInt(cidr.network) + BigInt(index) * size), prefixLength }),
  );
}

/** Blocks of every length, with their own length and the next two. */
export const splits = lengths.flatMap((length) =>
  [0, 1, 2]
    .filter((more) => length + more <= 32)
    .map((more): [Cidr, number] => [masked(0xaaaaaaaa, length), length + more]),
);
