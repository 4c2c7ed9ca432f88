import { cidrOf, toCidr } from "./cidr.ts";
import type { Cidr, CidrLike } from "./cidr.ts";
import { compareCidrs } from "./compare-cidrs.ts";
import { contains } from "./contains.ts";

/**
 * The fewest blocks that hold exactly the same addresses (RFC 4632 §3.1 calls it aggregation): what lies in another
 * block goes, two halves become their whole. IPv4 first, then lowest first.
 */
export function aggregate(cidrs: Iterable<CidrLike>): Cidr[] {
  const result: Cidr[] = [];
  for (let block of Array.from(cidrs, toCidr).toSorted(compareCidrs)) {
    const before = result.at(-1);
    if (before !== undefined && contains(before, block)) continue;
    while (completes(result.at(-1), block)) {
      result.pop();
      block = cidrOf(block.address, block.prefixLength - 1);
    }
    result.push(block);
  }
  return result;
}

/** Whether `low` and `high` are the two halves of one block. */
function completes(low: Cidr | undefined, high: Cidr): boolean {
  return (
    low !== undefined &&
    low.prefixLength === high.prefixLength &&
    high.prefixLength > 0 &&
    contains({ address: low.address, prefixLength: low.prefixLength - 1 }, high.address)
  );
}
