import { wordOf } from "../cidr/ipv6.ts";
import { type Address, type AddressLike, toAddress } from "../cidr/address.ts";
import { NetError } from "../net-error.ts";

/** Who speaks to whom, of one family: what UDP, TCP and ICMPv6 checksums cover besides their own bytes. */
export interface Addresses {
  readonly source: AddressLike;
  readonly destination: AddressLike;
}

/**
 * What the checksum of a transport header begins with, as a sum for {@link checksum}. IPv4's, RFC 9293 §3.1:
 *
 *     +--------+--------+--------+--------+
 *     |           Source Address          |
 *     +--------+--------+--------+--------+
 *     |         Destination Address       |
 *     +--------+--------+--------+--------+
 *     |  zero  |  PTCL  |    TCP Length   |
 *     +--------+--------+--------+--------+
 *
 * IPv6's (RFC 8200 §8.1) has the long addresses, a length of 32 bits, and the protocol in 32 bits: it adds up alike.
 * It is never sent. A segment that a router delivers to the wrong host does not fit its checksum there, which is the point;
 * and a NAT that rewrites an address has to rewrite the checksum too.
 * @param length Of the transport header and its payload, in bytes.
 * @throws NetError `ARGUMENT_INVALID` for addresses of two families.
 */
export function pseudoHeaderSum(
  { source, destination }: Addresses,
  protocol: number,
  length: number,
): number {
  const rest = protocol + (length >>> 16) + (length & 0xffff);
  // Numbers, as decoders give them, need nothing read.
  if (typeof source === "number" && typeof destination === "number") {
    return ipv4Sum(source) + ipv4Sum(destination) + rest;
  }
  const from = toAddress(source);
  const to = toAddress(destination);
  if (typeof from !== typeof to) {
    throw new NetError("ARGUMENT_INVALID", "Expected two addresses of one family, got IPv4 and IPv6");
  }
  return addressSum(from) + addressSum(to) + rest;
}

function addressSum(address: Address): number {
  if (typeof address === "number") return ipv4Sum(address);
  let sum = 0;
  for (let word = 0; word < 4; word++) sum += ipv4Sum(wordOf(address, word));
  return sum;
}

function ipv4Sum(address: number): number {
  if (address >>> 0 !== address) toAddress(address); // which says what is wrong with it
  return (address >>> 16) + (address & 0xffff);
}
