import { NetError } from "../net-error.ts";
import { MAX_VARINT_LENGTH, type LengthPrefix } from "./length-prefix.ts";
import type { WordPrefix } from "./whole-frames.ts";

/** What `PrefixReader` says while it has no length to give. */
export const INCOMPLETE = -1;
const REFUSED = -2;

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

  /** For the loops over whole frames; undefined unless the prefix is of 4 bytes. */
  get word(): WordPrefix | undefined {
    if (this.#varint || this.#size !== 4) return undefined;
    return {
      littleEndian: !this.#bigEndian,
      own: this.#countsItself ? 4 : 0,
      max: Math.min(this.#max, 0x7fff_ffff),
    };
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
