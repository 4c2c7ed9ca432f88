import { toAddress } from "./address.ts";
import type { Address, AddressLike } from "./address.ts";
import { toCidr } from "./cidr.ts";
import type { Cidr, CidrLike } from "./cidr.ts";
import { compareCidrs } from "./compare-cidrs.ts";
import { contains } from "./contains.ts";
import { Ipv4Prefixes } from "./ipv4-prefixes.ts";
import { scanIpv4, scannedIpv4 } from "./ipv4.ts";
import { Ipv6Prefixes } from "./ipv6-prefixes.ts";
import type { Words } from "./ipv6-prefixes.ts";
import { scanIpv6, scannedWord, wordOf } from "./ipv6.ts";

/** The longest prefix that holds an address, and what was stored with it. */
export interface PrefixMatch<T> {
  readonly cidr: Cidr;
  readonly value: T;
}

/**
 * Blocks with a value each, asked by address: the longest prefix that holds it wins, as in a router (RFC 1812 §5.2.4.3).
 * Both families, in one table. About 9 bytes an IPv4 prefix and 21 an IPv6 one, and 8 for the value.
 *
 * New prefixes wait in a list, which every lookup goes through, until going through it has cost as much as sorting them in:
 * so filling a table and then asking it is fast, and so is a change now and then.
 */
export class PrefixTable<T> {
  #ipv4 = new Ipv4Prefixes(new Uint32Array(0), new Uint8Array(0));
  #ipv6 = new Ipv6Prefixes(wordsOf([]), new Uint8Array(0));
  /** The values of the IPv4 prefixes, then of the IPv6 prefixes. */
  #values: T[] = [];
  #recent: Array<PrefixMatch<T>> = [];
  /** Steps made through `#recent` so far. */
  #steps = 0;

  /** @throws NetError `CIDR_INVALID` for text that is not a block. */
  constructor(entries: Iterable<readonly [CidrLike, T]> = []) {
    for (const [cidr, value] of entries) this.set(cidr, value);
  }

  /** Adds a block, or gives the one that is there another value. @throws NetError `CIDR_INVALID` for text that is no block. */
  set(cidr: CidrLike, value: T): this {
    this.#recent.push({ cidr: toCidr(cidr), value });
    return this;
  }

  /** The value of the longest prefix that holds `address`. @throws NetError `ADDRESS_INVALID` for text that is no address. */
  lookup(address: AddressLike): T | undefined {
    if (this.#recent.length > 0) return this.match(address)?.value;
    const index = this.#find(address);
    return index < 0 ? undefined : this.#values[index];
  }

  /** Whether any prefix holds `address`. @throws NetError `ADDRESS_INVALID` for text that is no address. */
  covers(address: AddressLike): boolean {
    return this.#recent.length > 0 ? this.match(address) !== undefined : this.#find(address) >= 0;
  }

  /** As {@link lookup}, with the prefix. @throws NetError `ADDRESS_INVALID` for text that is no address. */
  match(address: AddressLike): PrefixMatch<T> | undefined {
    this.#steps += this.#recent.length;
    if (this.#steps > this.#values.length) this.#sortIn();
    const index = this.#find(address);
    const found = index < 0 ? undefined : this.#at(index);
    return this.#recent.length === 0 ? found : this.#longest(toAddress(address), found);
  }

  /** How many prefixes the table holds. */
  get size(): number {
    this.#sortIn();
    return this.#values.length;
  }

  /** All prefixes with their values: IPv4 first, by address, a prefix before those it contains. */
  *[Symbol.iterator](): Generator<PrefixMatch<T>, void, undefined> {
    this.#sortIn();
    for (let index = 0; index < this.#values.length; index++) yield this.#at(index);
  }

  /** The index in `#values`, or -1. */
  #find(address: AddressLike): number {
    // IPv4 in text is what is asked most: kept apart and short, so that V8 inlines all of it.
    if (typeof address === "string" && scanIpv4(address, 0, address.length))
      return this.#ipv4.find(scannedIpv4());
    if (typeof address === "number" && address >>> 0 === address) return this.#ipv4.find(address);
    return this.#findElse(address);
  }

  #findElse(address: AddressLike): number {
    if (typeof address === "string" && scanIpv6(address, 0, address.length)) {
      return this.#behindIpv4(
        this.#ipv6.find(scannedWord(0), scannedWord(1), scannedWord(2), scannedWord(3)),
      );
    }
    const parsed = BigInt(toAddress(address));
    const found = this.#ipv6.find(wordOf(parsed, 0), wordOf(parsed, 1), wordOf(parsed, 2), wordOf(parsed, 3));
    return this.#behindIpv4(found);
  }

  #behindIpv4(index: number): number {
    return index < 0 ? index : index + this.#ipv4.size;
  }

  #at(index: number): PrefixMatch<T> {
    const ipv4 = index < this.#ipv4.size;
    const prefixes = ipv4 ? this.#ipv4 : this.#ipv6;
    const at = ipv4 ? index : index - this.#ipv4.size;
    const cidr = { address: prefixes.addressAt(at), prefixLength: prefixes.lengthAt(at) };
    return { cidr, value: this.#values[index]! };
  }

  #longest(address: Address, found: PrefixMatch<T> | undefined): PrefixMatch<T> | undefined {
    let longest = found;
    for (const entry of this.#recent) {
      const length = longest?.cidr.prefixLength ?? 0;
      if (entry.cidr.prefixLength >= length && contains(entry.cidr, address)) longest = entry;
    }
    return longest;
  }

  #sortIn(): void {
    if (this.#recent.length === 0) return;
    const recent = this.#recent;
    this.#recent = [];
    // The sort is stable and the newest come last, so of equal prefixes the last is the one that counts.
    const sorted = [...this, ...recent].toSorted((a, b) => compareCidrs(a.cidr, b.cidr));
    const entries = sorted.filter((entry, index) => {
      const next = sorted[index + 1];
      return next === undefined || compareCidrs(entry.cidr, next.cidr) !== 0;
    });
    const ipv4 = entries.filter((entry) => typeof entry.cidr.address === "number");
    const ipv6 = entries.slice(ipv4.length);
    this.#values = entries.map((entry) => entry.value);
    this.#ipv4 = new Ipv4Prefixes(
      Uint32Array.from(ipv4, ({ cidr }) => Number(cidr.address)),
      lengthsOf(ipv4),
    );
    this.#ipv6 = new Ipv6Prefixes(wordsOf(ipv6), lengthsOf(ipv6));
    this.#steps = 0;
  }
}

function lengthsOf(entries: ReadonlyArray<PrefixMatch<unknown>>): Uint8Array {
  return Uint8Array.from(entries, (entry) => entry.cidr.prefixLength);
}

function wordsOf(entries: ReadonlyArray<PrefixMatch<unknown>>): Words {
  const column = (word: number) =>
    Uint32Array.from(entries, ({ cidr }) => wordOf(BigInt(cidr.address), word));
  return [column(0), column(1), column(2), column(3)];
}
