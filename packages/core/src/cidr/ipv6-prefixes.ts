/** IPv6 addresses in four columns of 32 bits, the most significant first. */
export type Words = readonly [Uint32Array, Uint32Array, Uint32Array, Uint32Array];

/**
 * IPv6 prefixes, found the way of `Ipv4Prefixes`: in the order of their addresses, each with a link to the one around it,
 * and a directory. 21 bytes a prefix.
 */
export class Ipv6Prefixes {
  readonly #a: Uint32Array;
  readonly #b: Uint32Array;
  readonly #c: Uint32Array;
  readonly #d: Uint32Array;
  readonly #lengths: Uint8Array;
  readonly #parents: Int32Array;
  /** For each bucket of first words the index of the first prefix in it or behind it; one more for the end. */
  readonly #directory: Uint32Array;
  readonly #least: number;
  readonly #shift: number;

  /** The addresses rise; where two are equal, so do the `lengths`. */
  constructor(words: Words, lengths: Uint8Array) {
    [this.#a, this.#b, this.#c, this.#d] = words;
    this.#lengths = lengths;
    this.#parents = new Int32Array(lengths.length);
    // Addresses in use lie close together (2000::/3 and little else), so only the span of them is cut into buckets.
    const bits = Math.min(16, Math.max(1, 32 - Math.clz32(lengths.length)));
    this.#least = this.#a[0] ?? 0;
    this.#shift = Math.max(0, 32 - bits - Math.clz32((this.#a.at(-1) ?? 0) - this.#least));
    this.#directory = new Uint32Array(2 ** bits + 1);
    this.#link();
  }

  get size(): number {
    return this.#lengths.length;
  }

  addressAt(index: number): bigint {
    const words = [this.#a[index]!, this.#b[index]!, this.#c[index]!, this.#d[index]!];
    return words.reduce((address, word) => (address << 32n) | BigInt(word), 0n);
  }

  lengthAt(index: number): number {
    return this.#lengths[index]!;
  }

  /** The index of the longest prefix that holds the address of these four words, or -1. */
  find(a: number, b: number, c: number, d: number): number {
    if (a < this.#least) return -1;
    const bucket = Math.min((a - this.#least) >>> this.#shift, this.#directory.length - 2);
    let low = this.#directory[bucket]!;
    let high = this.#directory[bucket + 1]!;
    while (low < high) {
      const middle = (low + high) >>> 1;
      let order = this.#a[middle]! - a;
      if (order === 0) order = this.#b[middle]! - b;
      if (order === 0) order = this.#c[middle]! - c;
      if (order === 0) order = this.#d[middle]! - d;
      if (order <= 0) low = middle + 1;
      else high = middle;
    }
    return this.#holding(low - 1, a, b, c, d);
  }

  /** Goes outwards from the prefix at `index` until one holds the address. */
  #holding(index: number, a: number, b: number, c: number, d: number): number {
    const lengths = this.#lengths;
    while (index >= 0 && this.#commonBits(index, a, b, c, d) < lengths[index]!) index = this.#parents[index]!;
    return index;
  }

  #commonBits(index: number, a: number, b: number, c: number, d: number): number {
    if (this.#a[index]! !== a) return Math.clz32(this.#a[index]! ^ a);
    if (this.#b[index]! !== b) return 32 + Math.clz32(this.#b[index]! ^ b);
    if (this.#c[index]! !== c) return 64 + Math.clz32(this.#c[index]! ^ c);
    return 96 + Math.clz32(this.#d[index]! ^ d);
  }

  #link(): void {
    let bucket = 0;
    for (const [index, first] of this.#a.entries()) {
      this.#parents[index] = this.#holding(
        index - 1,
        first,
        this.#b[index]!,
        this.#c[index]!,
        this.#d[index]!,
      );
      while (bucket <= (first - this.#least) >>> this.#shift) this.#directory[bucket++] = index;
    }
    this.#directory.fill(this.#a.length, bucket);
  }
}
