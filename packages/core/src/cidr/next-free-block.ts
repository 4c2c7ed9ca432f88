import { addressBits } from "./address.ts";
import type { Address } from "./address.ts";
import { aggregate } from "./aggregate.ts";
import { cidrOf, toCidr } from "./cidr.ts";
import type { Cidr, CidrLike } from "./cidr.ts";
import { overlaps } from "./contains.ts";
import { checkPrefixLength } from "./prefix-length.ts";
import { range } from "./range.ts";

/**
 * The lowest block of `prefixLength` in `parent` that touches none of `taken`, or undefined where there is no room.
 * Costs a sort of `taken`, never a walk through the candidates.
 * @throws NetError `ARGUMENT_INVALID` for a length shorter than the parent's or longer than the family has.
 */
export function nextFreeBlock<A extends Address>(
  parent: Cidr<A>,
  taken: Iterable<CidrLike>,
  prefixLength: number,
): Cidr<A> | undefined;
export function nextFreeBlock(
  parent: CidrLike,
  taken: Iterable<CidrLike>,
  prefixLength: number,
): Cidr | undefined;
export function nextFreeBlock(
  parent: CidrLike,
  taken: Iterable<CidrLike>,
  prefixLength: number,
): Cidr | undefined {
  const whole = toCidr(parent);
  checkPrefixLength(prefixLength, whole.prefixLength, addressBits(whole.address));
  const end = range(whole).last;
  let candidate: Cidr = { address: whole.address, prefixLength };
  for (const block of aggregate(taken)) {
    if (!overlaps(whole, block)) continue;
    // The taken blocks come in order and apart, so the first that begins behind the candidate leaves it free.
    if (block.address > range(candidate).last) break;
    if (!overlaps(candidate, block)) continue;
    // Both are powers of two in size: the larger of them ends on a boundary of the smaller.
    const larger = block.prefixLength < prefixLength ? block : candidate;
    const last = range(larger).last;
    if (last >= end) return undefined;
    candidate = cidrOf(typeof last === "number" ? last + 1 : last + 1n, prefixLength);
  }
  return candidate;
}
