/**
 * IPv4 prefixes in the order of their addresses, each with a link to the one around it: 9 bytes a prefix, and a directory
 * that leads from an address's first bits to the few prefixes worth comparing.
 *
 * The longest match of an address is the last prefix that begins at or before it, or else one of those around that one:
 * a prefix that holds the address and begins earlier holds every prefix in between.
 */
export class Ipv4Prefixes {
  readonly #addresses: Uint32Array;
  readonly #lengths: Uint8Array;
  readonly #parents: Int32Array;
  readonly #directory: Uint32Array;
  readonly #shift: number;

  /** `addresses` rise; where two are equal, so do the `lengths`. */
  constructor(addresses: Uint32Array, lengths: Uint8Array) {
    this.#addresses = addresses;
    this.#lengths = lengths;
    this.#parents = new Int32Array(addresses.length);
    const bits = Math.min(16, Math.max(1, 32 - Math.clz32(addresses.length)));
    this.#shift = 32 - bits;
    this.#directory = new Uint32Array(2 ** bits + 1);
    this.#link();
  }

  get size(): number {
    return this.#addresses.length;
  }

  addressAt(index: number): number {
    return this.#addresses[index]!;
  }

  lengthAt(index: number): number {
    return this.#lengths[index]!;
  }

  /** The index of the longest prefix that holds `address`, or -1. */
  find(address: number): number {
    const addresses = this.#addresses;
    const bucket = address >>> this.#shift;
    let low = this.#directory[bucket]!;
    let high = this.#directory[bucket + 1]!;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (addresses[middle]! <= address) low = middle + 1;
      else high = middle;
    }
    return this.#holding(low - 1, address);
  }

  /** Goes outwards from the prefix at `index` until one holds `address`. */
  #holding(index: number, address: number): number {
    const addresses = this.#addresses;
    const lengths = this.#lengths;
    while (index >= 0 && Math.clz32(addresses[index]! ^ address) < lengths[index]!)
      index = this.#parents[index]!;
    return index;
  }

  #link(): void {
    let bucket = 0;
    for (const [index, address] of this.#addresses.entries()) {
      this.#parents[index] = this.#holding(index - 1, address);
      while (bucket <= address >>> this.#shift) this.#directory[bucket++] = index;
    }
    this.#directory.fill(this.#addresses.length, bucket);
  }
}
