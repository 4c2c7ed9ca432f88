import { NetError } from "../net-error.ts";
import { lengthPrefix, MAX_VARINT_LENGTH, type LengthPrefixOptions } from "./length-prefix.ts";
import { PartialFrame } from "./partial-frame.ts";
import { view } from "./view.ts";

export interface LengthPrefixedDecoderOptions extends LengthPrefixOptions {
  /** Frames are copies that pin nothing but themselves. Default false: views of the chunk they came in. */
  copy?: boolean;
}

/** Told where a payload lies: `bytes[start, end)`, the prefix left out. */
export type FrameVisitor = (bytes: Uint8Array, start: number, end: number) => void;

/**
 * Gives back the frames of a byte stream, however the network cut it up. Cost is linear in the bytes.
 *
 * A frame is a view of the chunk it came in: it costs no copy, but **a kept frame pins its whole chunk in memory, and
 * changes when you write into that chunk**. Say `copy: true` when you keep frames or read into a buffer of your own
 * again and again. A frame that spans chunks has its own memory in any case. The decoder never writes to a frame
 * that it has given out.
 *
 * A length above `maxFrameLength` is refused on sight of the header: nothing has been stored for it. After an error the
 * decoder stays in error and throws the same one again: behind a wrong length no boundary can be found.
 */
export class LengthPrefixedDecoder {
  readonly #varint: boolean;
  readonly #prefixLength: number;
  readonly #mask: number;
  readonly #weights: readonly number[];
  readonly #countsItself: boolean;
  readonly #maxFrameLength: number;
  readonly #copy: boolean;

  readonly #partial = new PartialFrame();
  /** Bytes of the prefix read so far, and the number they make so far: half a header needs no buffer. */
  #headerLength = 0;
  #header = 0;
  /** Payload length of the frame under way, −1 while its header is incomplete. */
  #length = -1;
  #position = 0;
  #state: "open" | "busy" | "ended" = "open";
  #error: NetError | undefined;

  /** Where the frame lies that `#next` found. */
  #bytes: Uint8Array = NO_BYTES;
  #start = 0;
  #end = 0;

  constructor(options: LengthPrefixedDecoderOptions = {}) {
    const { prefix, endian, countsItself, maxFrameLength } = lengthPrefix(options);
    this.#varint = prefix === "varint";
    this.#prefixLength = prefix === "varint" ? MAX_VARINT_LENGTH : prefix;
    this.#mask = this.#varint ? 0x7f : 0xff;
    this.#weights = weights(prefix, endian);
    this.#countsItself = countsItself;
    this.#maxFrameLength = maxFrameLength;
    this.#copy = options.copy ?? false;
  }

  /** Why the decoder gave up, as soon as that is known; `undefined` while all is well. */
  get error(): NetError | undefined {
    return this.#error;
  }

  /**
   * Takes the next chunk and returns the payloads it completes, in order. When the chunk holds good frames and behind
   * them a bad header, the good frames are returned and the *next* `push` or `end` throws, so that the frames you get
   * never depend on how the network cut the stream; `error` tells at once.
   *
   * Throws `FRAME_TOO_LARGE`, `FRAME_INVALID` (no encoder writes such a header), `DECODER_CLOSED` (after `end`).
   */
  push(chunk: Uint8Array): readonly Uint8Array[] {
    this.#open();
    if (!this.#next(chunk)) {
      this.#state = "open";
      if (this.#error !== undefined) throw this.#error;
      return NO_FRAMES;
    }
    const frames: Uint8Array[] = [];
    do {
      frames.push(this.#bytes === chunk ? this.#cutOut(chunk) : this.#bytes);
    } while (this.#next(chunk));
    this.#state = "open";
    return frames;
  }

  /**
   * The same without allocating: calls `visit` for each payload this chunk completes. The bytes are yours to keep under
   * the same terms as `push` without `copy`. A bad header throws at once, since the frames before it have been seen.
   *
   * Throws as `push` does. When `visit` throws, its error comes through and the decoder is closed (`DECODER_CLOSED`):
   * the rest of the chunk has not been read.
   */
  forEach(chunk: Uint8Array, visit: FrameVisitor): void {
    this.#open();
    while (this.#next(chunk)) visit(this.#bytes, this.#start, this.#end);
    this.#state = "open";
    if (this.#error !== undefined) throw this.#error;
  }

  /** Says that the stream is over. Throws `FRAME_TRUNCATED` when it stopped inside a frame, or the decoder's error. */
  end(): void {
    if (this.#error !== undefined) throw this.#error;
    if (this.#length !== -1) {
      this.#fail(
        "FRAME_TRUNCATED",
        `Expected ${this.#length} bytes of payload, got ${this.#partial.length} before the end of the stream`,
      );
    } else if (this.#headerLength > 0) {
      const expected = this.#varint ? "the rest of a varint" : `a prefix of ${this.#prefixLength} bytes`;
      this.#fail(
        "FRAME_TRUNCATED",
        `Expected ${expected}, got ${this.#headerLength} of its bytes before the end of the stream`,
      );
    }
    if (this.#error !== undefined) throw this.#error;
    this.#state = "ended";
  }

  #cutOut(chunk: Uint8Array): Uint8Array {
    const frame = view(chunk, this.#start, this.#end);
    // not slice(): on a Buffer that is a view too
    return this.#copy ? new Uint8Array(frame) : frame;
  }

  #open(): void {
    if (this.#error !== undefined) throw this.#error;
    if (this.#state !== "open") {
      const why = this.#state === "ended" ? "end() was called" : "a visitor threw or pushed in its turn";
      throw new NetError("DECODER_CLOSED", `Expected no bytes, got a chunk after ${why}`);
    }
    this.#state = "busy";
    this.#position = 0;
  }

  /** Finds the next whole frame in `chunk`, or takes in what is there of it. The one state machine of this class. */
  #next(chunk: Uint8Array): boolean {
    if (this.#length === -1 && !this.#readHeader(chunk)) return false;
    const start = this.#position;
    const held = this.#partial.length;
    const end = start + this.#length - held;
    if (end > chunk.length) {
      // the rest is still on its way
      if (start < chunk.length) this.#partial.append(chunk, start, chunk.length, this.#length);
      return false;
    }
    if (held === 0) {
      this.#bytes = chunk;
      this.#start = start;
      this.#end = end;
    } else {
      this.#partial.append(chunk, start, end, this.#length);
      this.#bytes = this.#partial.take();
      this.#start = 0;
      this.#end = this.#length;
    }
    this.#position = end;
    this.#length = -1;
    return true;
  }

  /** Reads the prefix, or what is there of it; true once the length is known and fit to be believed. */
  #readHeader(chunk: Uint8Array): boolean {
    let at = this.#position;
    let read = this.#headerLength;
    let header = this.#header;
    const mask = this.#mask;
    const varint = this.#varint;
    const prefixLength = this.#prefixLength;
    while (at < chunk.length) {
      const byte = chunk[at++]!;
      header += (byte & mask) * this.#weights[read++]!;
      if (varint ? byte < 0x80 || read === prefixLength : read === prefixLength) {
        this.#position = at;
        this.#headerLength = 0;
        this.#header = 0;
        if (varint && byte >= 0x80) {
          return this.#fail(
            "FRAME_INVALID",
            `Expected a varint of at most ${prefixLength} bytes, got a longer one`,
          );
        }
        return this.#believe(header, read);
      }
    }
    this.#position = at;
    this.#headerLength = read;
    this.#header = header;
    return false;
  }

  /** Refuses a length before a single byte of payload is stored: it comes from a stranger. */
  #believe(written: number, prefixLength: number): boolean {
    const length = this.#countsItself ? written - prefixLength : written;
    if (length > this.#maxFrameLength) {
      return this.#fail(
        "FRAME_TOO_LARGE",
        `Expected a frame of at most ${this.#maxFrameLength} bytes, got a header that declares ${length}`,
      );
    }
    if (length < 0) {
      return this.#fail(
        "FRAME_INVALID",
        `Expected a length of at least ${prefixLength}, since it counts its own prefix, got ${written}`,
      );
    }
    this.#length = length;
    return true;
  }

  #fail(code: "FRAME_TOO_LARGE" | "FRAME_INVALID" | "FRAME_TRUNCATED", message: string): false {
    this.#error = new NetError(code, message);
    this.#partial.take();
    return false;
  }
}

const NO_BYTES = new Uint8Array(0);
/** One for all pushes that complete nothing: most of them, when a stream comes in crumbs. */
const NO_FRAMES: readonly Uint8Array[] = Object.freeze([]);

/** What each byte of the prefix counts for, in the order of arrival. */
function weights(prefix: 1 | 2 | 4 | "varint", endian: "big" | "little"): readonly number[] {
  if (prefix === "varint") return Array.from({ length: MAX_VARINT_LENGTH }, (_, index) => 128 ** index);
  return Array.from({ length: prefix }, (_, index) => 256 ** (endian === "big" ? prefix - 1 - index : index));
}
