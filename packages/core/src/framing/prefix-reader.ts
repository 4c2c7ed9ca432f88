import { NetError } from "../net-error.ts";
import { MAX_VARINT_LENGTH, type LengthPrefix } from "./length-prefix.ts";

/** What `PrefixReader` says while it has no length to give. */
export const INCOMPLETE = -1;
export const REFUSED = -2;

/** Told where a payload lies: `bytes[start, end)`, the prefix left out. */
export type FrameVisitor = (bytes: Uint8Array, start: number, end: number) => void;

/** Reads the lengths in front of frames, whole or byte by byte. Half a prefix is kept as a number: it needs no buffer. */
export class PrefixReader {
  /** Where the payload begins, or where the chunk ran out: set by `read`. */
  position = 0;
  /** Why `read` said `REFUSED`. */
  error: NetError | undefined;

  readonly #varint: boolean;
  readonly #size: number;
  readonly #bigEndian: boolean;
  /** What the number counts beside the payload, for the fast path; a varint that counts itself has none. */
  readonly #own: number;
  readonly #countsItself: boolean;
  readonly #max: number;
  /** What each byte of the prefix counts for, in the order of arrival. */
  readonly #weights: readonly number[];
  /** Bytes of the prefix read so far, and the number they make so far. */
  #read = 0;
  #value = 0;

  constructor({ prefix, endian, countsItself, maxFrameLength }: LengthPrefix) {
    this.#varint = prefix === "varint";
    this.#size = prefix === "varint" ? MAX_VARINT_LENGTH : prefix;
    this.#bigEndian = endian === "big";
    this.#countsItself = countsItself;
    this.#own = countsItself ? this.#size : 0;
    this.#max = maxFrameLength;
    this.#weights = Array.from({ length: this.#size }, (_, index) =>
      this.#varint ? 128 ** index : 256 ** (this.#bigEndian ? this.#size - 1 - index : index),
    );
  }

  /** Bytes of an unfinished prefix. */
  get pending(): number {
    return this.#read;
  }

  /**
   * The payload length that the prefix at `chunk[at]` declares, `INCOMPLETE` when the rest of the prefix is still on
   * its way, `REFUSED` when no payload of that length may follow (`error` says why).
   */
  read(chunk: Uint8Array, at: number): number {
    if (this.#size === 4 && this.#read === 0 && at + 4 <= chunk.length) {
      this.position = at + 4;
      const a = chunk[at]!,
        b = chunk[at + 1]!,
        c = chunk[at + 2]!,
        d = chunk[at + 3]!;
      const length =
        ((this.#bigEndian ? (a << 24) | (b << 16) | (c << 8) | d : (d << 24) | (c << 16) | (b << 8) | a) >>>
          0) -
        this.#own;
      return length >= 0 && length <= this.#max ? length : this.#refuse(length, 4);
    }
    return this.#readBytes(chunk, at);
  }

  /**
   * Visits the frames that lie whole in `chunk` from `at` on, and says where the first lies that does not, or that has a
   * length to refuse. Only for prefixes of 4 bytes, and only to be fast: `read` finds the same, at twice the cost.
   */
  visitWhole(chunk: Uint8Array, at: number, visit: FrameVisitor): number {
    if (this.#size !== 4) return at;
    const words = new DataView(chunk.buffer, chunk.byteOffset, chunk.length);
    const littleEndian = !this.#bigEndian;
    const own = this.#own;
    const max = this.#max;
    const last = chunk.length - 4;
    while (at <= last) {
      const length = words.getUint32(at, littleEndian) - own;
      const start = at + 4;
      const end = start + length;
      if (length < 0 || length > max || end > chunk.length) break;
      visit(chunk, start, end);
      at = end;
    }
    return at;
  }

  #readBytes(chunk: Uint8Array, from: number): number {
    let at = from;
    while (at < chunk.length) {
      const byte = chunk[at++]!;
      const more = this.#varint && byte >= 0x80;
      this.#value += (more ? byte - 0x80 : byte) * this.#weights[this.#read++]!;
      if (this.#varint ? more && this.#read < this.#size : this.#read < this.#size) continue;
      const size = this.#read;
      const length = this.#value - (this.#countsItself ? size : 0);
      this.#read = 0;
      this.#value = 0;
      this.position = at;
      if (more) return this.#refuseVarint();
      return length >= 0 && length <= this.#max ? length : this.#refuse(length, size);
    }
    this.position = at;
    return INCOMPLETE;
  }

  #refuse(length: number, size: number): number {
    this.error =
      length < 0
        ? new NetError(
            "FRAME_INVALID",
            `Expected a length of at least ${size}, since it counts its own prefix, got ${length + size}`,
          )
        : new NetError(
            "FRAME_TOO_LARGE",
            `Expected a frame of at most ${this.#max} bytes, got a header that declares ${length}`,
          );
    return REFUSED;
  }

  #refuseVarint(): number {
    this.error = new NetError(
      "FRAME_INVALID",
      `Expected a varint of at most ${MAX_VARINT_LENGTH} bytes, got a longer one`,
    );
    return REFUSED;
  }
}
