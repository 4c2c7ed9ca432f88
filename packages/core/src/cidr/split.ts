import { addressBits } from "./address.ts";
import type { Address } from "./address.ts";
import { toCidr } from "./cidr.ts";
import type { Cidr, CidrLike } from "./cidr.ts";
import { checkPrefixLength } from "./prefix-length.ts";
import { addressCount, range } from "./range.ts";

/**
 * The blocks of `prefixLength` that fill `cidr`, lowest first, one at a time: splitting a /32 of IPv6 into its four
 * billion /64 costs nothing until you ask for them all.
 * @throws NetError at once, not at the first block: `ARGUMENT_INVALID` for a length shorter than the block's own or
 *   longer than the family has.
 */
export function split<A extends Address>(
  cidr: Cidr<A>,
  prefixLength: number,
): Generator<Cidr<A>, void, undefined>;
export function split(cidr: CidrLike, prefixLength: number): Generator<Cidr, void, undefined>;
export function split(cidr: CidrLike, prefixLength: number): Generator<Cidr, void, undefined> {
  const block = toCidr(cidr);
  checkPrefixLength(prefixLength, block.prefixLength, addressBits(block.address));
  return parts(block, prefixLength);
}

function* parts(block: Cidr, prefixLength: number): Generator<Cidr, void, undefined> {
  const { last } = range(block);
  const step = addressCount({ address: block.address, prefixLength });
  for (let address = block.address; address <= last; address = add(address, step))
    yield { address, prefixLength };
}

function add(address: Address, step: Address): Address {
  return typeof address === "number" ? address + Number(step) : address + BigInt(step);
}
