import type { Cidr } from "../cidr.ts";
import { blocksIn, lengths, masked } from "./block.ts";
import { holds } from "./range.ts";
import { spellBlock } from "./spelling.ts";

/** Two prefixes share an address only where one of them begins the other. */
export function meet(one: Cidr, other: Cidr): boolean {
  return holds(one, other.network) || holds(other, one.network);
}

export function related(one: Cidr, other: Cidr): string {
  return `${spellBlock(one)} and ${spellBlock(other)} have ${meet(one, other) ? "addresses" : "no address"} in common`;
}

/** A block of every length with its parent, and with the other half of that parent; then all pairs in 8 addresses. */
export const pairs: [Cidr, Cidr][] = [...families(), ...smallPairs()];

function families(): [Cidr, Cidr][] {
  return lengths.slice(1).flatMap((length): [Cidr, Cidr][] => {
    const [child, parent] = [masked(0xaaaaaaaa, length), masked(0xaaaaaaaa, length - 1)];
    const half = child.network === parent.network ? 2 ** (32 - length) : 0;
    const other = { network: parent.network + half, prefixLength: length };
    return [
      [child, parent],
      [parent, child],
      [child, other],
      [other, child],
    ];
  });
}

function smallPairs(): [Cidr, Cidr][] {
  const small = blocksIn(0xfffffff8);
  return small.flatMap((one) => small.map((other): [Cidr, Cidr] => [one, other]));
}
