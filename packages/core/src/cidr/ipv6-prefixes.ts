/**
 * IPv6 prefixes, found the way of `Ipv4Prefixes`: in the order of their addresses, each with a link to the one around it.
 * An address is four words of 32 bits, the most significant first: 21 bytes a prefix.
 */
export class Ipv6Prefixes {
  readonly #words: Uint32Array;
  readonly #lengths: Uint8Array;
  readonly #parents: Int32Array;

  /** `words` holds the addresses one after the other. They rise; where two are equal, so do the `lengths`. */
  constructor(words: Uint32Array, lengths: Uint8Array) {
    this.#words = words;
    this.#lengths = lengths;
    this.#parents = new Int32Array(lengths.length);
    for (let index = 0; index < lengths.length; index++) {
      const at = 4 * index;
      this.#parents[index] = this.#holding(
        index - 1,
        words[at]!,
        words[at + 1]!,
        words[at + 2]!,
        words[at + 3]!,
      );
    }
  }

  get size(): number {
    return this.#lengths.length;
  }

  addressAt(index: number): bigint {
    let address = 0n;
    for (let word = 0; word < 4; word++) address = (address << 32n) | BigInt(this.#words[4 * index + word]!);
    return address;
  }

  lengthAt(index: number): number {
    return this.#lengths[index]!;
  }

  /** The index of the longest prefix that holds the address of these four words, or -1. */
  find(a: number, b: number, c: number, d: number): number {
    const words = this.#words;
    let low = 0;
    let high = this.#lengths.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const at = 4 * middle;
      let order = words[at]! - a;
      if (order === 0) order = words[at + 1]! - b;
      if (order === 0) order = words[at + 2]! - c;
      if (order === 0) order = words[at + 3]! - d;
      if (order <= 0) low = middle + 1;
      else high = middle;
    }
    return this.#holding(low - 1, a, b, c, d);
  }

  /** Goes outwards from the prefix at `index` until one holds the address. */
  #holding(index: number, a: number, b: number, c: number, d: number): number {
    while (index >= 0 && this.#commonBits(4 * index, a, b, c, d) < this.#lengths[index]!)
      index = this.#parents[index]!;
    return index;
  }

  #commonBits(at: number, a: number, b: number, c: number, d: number): number {
    const words = this.#words;
    if (words[at]! !== a) return Math.clz32(words[at]! ^ a);
    if (words[at + 1]! !== b) return 32 + Math.clz32(words[at + 1]! ^ b);
    if (words[at + 2]! !== c) return 64 + Math.clz32(words[at + 2]! ^ c);
    return 96 + Math.clz32(words[at + 3]! ^ d);
  }
}
