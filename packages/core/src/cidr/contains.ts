import { parseAddress, toAddress } from "./address.ts";
import type { Address, AddressLike } from "./address.ts";
import { parseCidr, toCidr } from "./cidr.ts";
import type { Cidr, CidrLike } from "./cidr.ts";
import { scanIpv4, scannedIpv4 } from "./ipv4.ts";
import { scanIpv6, scannedWord } from "./ipv6.ts";
import { scanPrefixLength, slashOf } from "./prefix-length.ts";

/**
 * Whether every address of `other`, an address or a block, lies in `block`. Text with a `/` is a block. Never across the
 * families: 10.0.0.0/8 does not hold `::ffff:10.0.0.1` (see `unmapAddress`).
 * @throws NetError `CIDR_INVALID` or `ADDRESS_INVALID` for text.
 */
export function contains(block: CidrLike, other: AddressLike | CidrLike): boolean {
  if (typeof other === "string") return containsText(block, other);
  const outer = toCidr(block);
  return typeof other === "object" ? holds(outer, other) : shares(outer, toAddress(other));
}

/** Whether two blocks have an address in common; then one of them contains the other. */
export function overlaps(one: CidrLike, other: CidrLike): boolean {
  const a = toCidr(one);
  const b = toCidr(other);
  return a.prefixLength <= b.prefixLength ? shares(a, b.address) : shares(b, a.address);
}

function containsText(block: CidrLike, other: string): boolean {
  if (typeof block === "string") {
    const answer = textInText(block, other);
    if (answer !== undefined) return answer;
  }
  const outer = toCidr(block);
  // An IPv4 address is what is asked most, and reading it is cheaper than looking for a slash in it.
  if (scanIpv4(other, 0, other.length)) return shares(outer, scannedIpv4());
  return other.includes("/") ? holds(outer, parseCidr(other)) : shares(outer, parseAddress(other));
}

/** A block and an address of one family in text, answered without making numbers of them; undefined for anything else. */
function textInText(block: string, other: string): boolean | undefined {
  const slash = slashOf(block);
  if (scanIpv4(block, 0, slash)) {
    const network = scannedIpv4();
    const length = scanPrefixLength(block, slash + 1, 32);
    if (hasHostBits(network, length) || !scanIpv4(other, 0, other.length)) return undefined;
    return Math.clz32(network ^ scannedIpv4()) >= length;
  }
  if (!scanIpv6(block, 0, slash)) return undefined;
  const length = scanPrefixLength(block, slash + 1, 128);
  const [a, b, c, d] = [scannedWord(0), scannedWord(1), scannedWord(2), scannedWord(3)];
  const strict =
    !hasHostBits(a, length) &&
    !hasHostBits(b, length - 32) &&
    !hasHostBits(c, length - 64) &&
    !hasHostBits(d, length - 96);
  if (!strict || !scanIpv6(other, 0, other.length)) return undefined;
  return commonBits(a, b, c, d) >= length;
}

/** Whether any bit of the word is set after its first `length`. */
function hasHostBits(word: number, length: number): boolean {
  if (length <= 0) return word !== 0;
  return length < 32 && word << length !== 0;
}

/** How many leading bits these four words share with the last scan. */
function commonBits(a: number, b: number, c: number, d: number): number {
  if (a !== scannedWord(0)) return Math.clz32(a ^ scannedWord(0));
  if (b !== scannedWord(1)) return 32 + Math.clz32(b ^ scannedWord(1));
  if (c !== scannedWord(2)) return 64 + Math.clz32(c ^ scannedWord(2));
  return 96 + Math.clz32(d ^ scannedWord(3));
}

function holds(outer: Cidr, inner: Cidr): boolean {
  return inner.prefixLength >= outer.prefixLength && shares(outer, inner.address);
}

function shares({ address: network, prefixLength }: Cidr, address: Address): boolean {
  if (typeof network === "number") {
    // The leading zeros of the difference are the bits in common: 32 of them where nothing differs.
    return typeof address === "number" && Math.clz32(network ^ address) >= prefixLength;
  }
  return typeof address === "bigint" && (network ^ address) >> BigInt(128 - prefixLength) === 0n;
}
