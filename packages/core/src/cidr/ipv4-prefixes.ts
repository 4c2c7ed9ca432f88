/**
 * IPv4 prefixes in the order of their addresses, each with a link to the one around it: 8 bytes a prefix, and a directory
 * that leads from an address's first bits to the few prefixes worth comparing.
 *
 * The longest match of an address is the last prefix that begins at or before it, or else one of those around that one:
 * a prefix that holds the address and begins earlier holds every prefix in between.
 */
export class Ipv4Prefixes {
  /**
   * Two words a prefix, side by side so that one cache line brings both: its address; then its length in 6 bits, and
   * above them the index of the prefix around it plus one, 0 for none.
   */
  readonly #entries: Uint32Array;
  /** For each value of an address's first bits the index of the first prefix in or behind it; one more for the end. */
  readonly #directory: Uint32Array;
  readonly #shift: number;

  /** `addresses` rise; where two are equal, so do the `lengths`. */
  constructor(addresses: Uint32Array, lengths: Uint8Array) {
    this.#entries = new Uint32Array(2 * addresses.length);
    const bits = Math.min(16, Math.max(1, 32 - Math.clz32(addresses.length)));
    this.#shift = 32 - bits;
    this.#directory = new Uint32Array(2 ** bits + 1);
    let bucket = 0;
    for (const [index, address] of addresses.entries()) {
      const around = this.#holding(index - 1, address);
      this.#entries[2 * index] = address;
      this.#entries[2 * index + 1] = ((around + 1) << LENGTH_BITS) | lengths[index]!;
      while (bucket <= address >>> this.#shift) this.#directory[bucket++] = index;
    }
    this.#directory.fill(addresses.length, bucket);
  }

  get size(): number {
    return this.#entries.length / 2;
  }

  addressAt(index: number): number {
    return this.#entries[2 * index]!;
  }

  lengthAt(index: number): number {
    return this.#entries[2 * index + 1]! & LENGTH_MASK;
  }

  /** The index of the longest prefix that holds `address`, or -1. */
  find(address: number): number {
    const bucket = address >>> this.#shift;
    let low = this.#directory[bucket]!;
    let high = this.#directory[bucket + 1]!;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#entries[2 * middle]! <= address) low = middle + 1;
      else high = middle;
    }
    return this.#holding(low - 1, address);
  }

  /** Goes outwards from the prefix at `index` until one holds `address`. */
  #holding(index: number, address: number): number {
    const entries = this.#entries;
    while (index >= 0) {
      const link = entries[2 * index + 1]!;
      // The leading zeros of the difference are the bits in common.
      if (Math.clz32(entries[2 * index]! ^ address) >= (link & LENGTH_MASK)) return index;
      index = (link >>> LENGTH_BITS) - 1;
    }
    return index;
  }
}

const LENGTH_BITS = 6;
const LENGTH_MASK = 2 ** LENGTH_BITS - 1;
