import type { Cidr } from "./cidr.ts";

/** Sort order of blocks: IPv4 before IPv6, by address, and a block before those it contains. For `toSorted`. */
export function compareCidrs(a: Cidr, b: Cidr): number {
  if (typeof a.address !== typeof b.address) return typeof a.address === "number" ? -1 : 1;
  if (a.address !== b.address) return a.address < b.address ? -1 : 1;
  return a.prefixLength - b.prefixLength;
}
