import { toAddress } from "./address.ts";
import type { Address, AddressLike } from "./address.ts";
import { toCidr } from "./cidr.ts";
import type { Cidr, CidrLike } from "./cidr.ts";

/**
 * Whether every address of `other`, an address or a block, lies in `block`. Text with a `/` is a block. Never across the
 * families: 10.0.0.0/8 does not hold `::ffff:10.0.0.1` (see `unmapAddress`).
 * @throws NetError `CIDR_INVALID` or `ADDRESS_INVALID` for text.
 */
export function contains(block: CidrLike, other: AddressLike | CidrLike): boolean {
  const outer = toCidr(block);
  if (typeof other === "object" || (typeof other === "string" && other.includes("/"))) {
    const inner = toCidr(other);
    return inner.prefixLength >= outer.prefixLength && shares(outer, inner.address);
  }
  return shares(outer, toAddress(other));
}

/** Whether two blocks have an address in common; then one of them contains the other. */
export function overlaps(one: CidrLike, other: CidrLike): boolean {
  const a = toCidr(one);
  const b = toCidr(other);
  return a.prefixLength <= b.prefixLength ? shares(a, b.address) : shares(b, a.address);
}

function shares({ address: network, prefixLength }: Cidr, address: Address): boolean {
  if (typeof network === "number") {
    // The leading zeros of the difference are the bits in common: 32 of them where nothing differs.
    return typeof address === "number" && Math.clz32(network ^ address) >= prefixLength;
  }
  return typeof address === "bigint" && (network ^ address) >> BigInt(128 - prefixLength) === 0n;
}
