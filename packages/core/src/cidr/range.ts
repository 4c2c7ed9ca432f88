import type { Address } from "./address.ts";
import { toCidr } from "./cidr.ts";
import type { Cidr, CidrLike } from "./cidr.ts";

/** Two addresses of one family and all between them. */
export interface Range<A extends Address = Address> {
  readonly first: A;
  readonly last: A;
}

/** The lowest and the highest address of a block. The highest is IPv4's broadcast address, except in a /31 or /32. */
export function range<A extends Address>(cidr: Cidr<A>): Range<A>;
export function range(cidr: CidrLike): Range;
export function range(cidr: CidrLike): Range {
  const { address, prefixLength } = toCidr(cidr);
  if (typeof address === "number") return { first: address, last: address + 2 ** (32 - prefixLength) - 1 };
  return { first: address, last: address + (1n << BigInt(128 - prefixLength)) - 1n };
}

/** How many addresses a block holds, usable or not: a `number` for IPv4, a `bigint` for IPv6. */
export function addressCount<A extends Address>(cidr: Cidr<A>): A;
export function addressCount(cidr: CidrLike): Address;
export function addressCount(cidr: CidrLike): Address {
  const { address, prefixLength } = toCidr(cidr);
  return typeof address === "number" ? 2 ** (32 - prefixLength) : 1n << BigInt(128 - prefixLength);
}

/** Every address of a block, lowest first, one at a time: a /8 costs no memory. */
export function addresses<A extends Address>(cidr: Cidr<A>): Generator<A, void, undefined>;
export function addresses(cidr: CidrLike): Generator<Address, void, undefined>;
export function addresses(cidr: CidrLike): Generator<Address, void, undefined> {
  return upTo(range(toCidr(cidr)));
}

function* upTo({ first, last }: Range): Generator<Address, void, undefined> {
  for (let address = first; address <= last; address++) yield address;
}
