import { NetError } from "../net-error.ts";
import { addressBits, formatAddress, toAddress } from "./address.ts";
import type { Address, AddressLike } from "./address.ts";
import { scanIpv4, scannedIpv4 } from "./ipv4.ts";
import { scanIpv6, scannedIpv6 } from "./ipv6.ts";
import { checkPrefixLength, refusedCidr, scanPrefixLength, slashOf } from "./prefix-length.ts";

/**
 * A block of addresses that share their first `prefixLength` bits (RFC 4632 §3.1). `address` is the lowest of them: its
 * other bits are zero. Make one with {@link parseCidr} or {@link cidrOf}.
 */
export interface Cidr<A extends Address = Address> {
  readonly address: A;
  /** 0–32 for IPv4, 0–128 for IPv6. */
  readonly prefixLength: number;
}

export type Ipv4Cidr = Cidr<number>;
export type Ipv6Cidr = Cidr<bigint>;

/** A block, or its text in the strict spelling of {@link parseCidr}. */
export type CidrLike = Cidr | string;

/** An address and the block it lives in, as `ip address` prints them: `10.0.0.1/8`. */
export interface Interface {
  readonly address: Address;
  readonly network: Cidr;
}

/**
 * Reads `10.0.0.0/8` or `2001:db8::/32`. An address with bits set behind the prefix (`10.0.0.1/8`) is refused, because
 * nobody can tell whether the address or the length is the typing error; {@link parseInterface} accepts it.
 * @throws NetError `CIDR_INVALID`, with the reason.
 */
export function parseCidr(text: string): Cidr {
  const { address, prefixLength } = scanCidr(text);
  const network = maskAddress(address, prefixLength);
  if (network === address) return { address, prefixLength };
  throw new NetError(
    "CIDR_INVALID",
    `Expected only zeros after the first ${prefixLength} bits, got ${JSON.stringify(text)}: ` +
      `the block is "${formatCidr({ address: network, prefixLength })}", and parseInterface reads an address in it`,
  );
}

/** Reads `10.0.0.1/8` as the address 10.0.0.1 in the block 10.0.0.0/8. @throws NetError `CIDR_INVALID`, with the reason. */
export function parseInterface(text: string): Interface {
  const { address, prefixLength } = scanCidr(text);
  return { address, network: { address: maskAddress(address, prefixLength), prefixLength } };
}

/**
 * The block of `prefixLength` that holds `address`: `cidrOf("10.1.2.3", 8)` is 10.0.0.0/8.
 * @throws NetError `ADDRESS_INVALID`, or `ARGUMENT_INVALID` for a length the family does not have.
 */
export function cidrOf<A extends Address>(address: A, prefixLength: number): Cidr<Widen<A>>;
export function cidrOf(address: AddressLike, prefixLength: number): Cidr;
export function cidrOf(address: AddressLike, prefixLength: number): Cidr {
  const parsed = toAddress(address);
  checkPrefixLength(prefixLength, 0, addressBits(parsed));
  return { address: maskAddress(parsed, prefixLength), prefixLength };
}

/** The canonical spelling, `10.0.0.0/8` or `2001:db8::/32` (RFC 5952). */
export function formatCidr(cidr: Cidr): string {
  return `${formatAddress(cidr.address)}/${cidr.prefixLength}`;
}

/** @internal A block from its text or itself. */
export function toCidr(cidr: CidrLike): Cidr {
  return typeof cidr === "string" ? parseCidr(cidr) : cidr;
}

/** `Cidr<number>` for the literal type `10`, too. */
type Widen<A extends Address> = A extends number ? number : bigint;

function scanCidr(text: string): Cidr {
  if (typeof text !== "string") throw refusedCidr(text);
  const slash = slashOf(text);
  if (scanIpv4(text, 0, slash)) {
    return { address: scannedIpv4(), prefixLength: scanPrefixLength(text, slash + 1, 32) };
  }
  if (!scanIpv6(text, 0, slash)) throw refusedCidr(text);
  return { address: scannedIpv6(), prefixLength: scanPrefixLength(text, slash + 1, 128) };
}

function maskAddress(address: Address, prefixLength: number): Address {
  if (typeof address === "bigint") {
    const hostBits = BigInt(128 - prefixLength);
    return (address >> hostBits) << hostBits;
  }
  // A shift by 32 is a shift by 0 in JavaScript, so /0 stands apart.
  return prefixLength === 0 ? 0 : (address & (-1 << (32 - prefixLength))) >>> 0;
}
