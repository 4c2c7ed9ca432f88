import { NetError } from "../net-error.ts";
import { lengthPrefix, type LengthPrefixOptions } from "./length-prefix.ts";
import { PartialFrame } from "./partial-frame.ts";
import { INCOMPLETE, PrefixReader } from "./prefix-reader.ts";
import { cutWholeFrames, visitWholeFrames, type FrameVisitor, type WordPrefix } from "./whole-frames.ts";

export interface LengthPrefixedDecoderOptions extends LengthPrefixOptions {
  /** Frames are copies that pin nothing but themselves. Default false: views of the chunk they came in. */
  copy?: boolean;
}

/**
 * Gives back the frames of a byte stream, however the network cut it up. Cost is linear in the bytes.
 *
 * A frame is a view of the chunk it came in: it costs no copy, but **a kept frame pins its whole chunk in memory**, and
 * it changes when you write into that chunk. Say `copy: true` when you keep frames, or read into one buffer again and
 * again. A frame that spans chunks is put together elsewhere: up to 4 KiB in a slab of 64 KiB that it then pins, above
 * that in memory of its own. The decoder never writes to a frame that it has given out.
 *
 * A length above `maxFrameLength` is refused on sight of the header: nothing has been stored for it, and for a length
 * that is believed memory is taken as the bytes arrive. After an error the decoder stays in error and throws the same
 * one again: behind a wrong length no boundary can be found.
 */
export class LengthPrefixedDecoder {
  readonly #prefix: PrefixReader;
  readonly #copy: boolean;
  readonly #partial = new PartialFrame();
  #state: "open" | "busy" | "ended" | "failed" = "open";
  #error: NetError | undefined;
  #start = 0;
  /** For large chunks, where the prefix has 4 bytes. */
  readonly #word: WordPrefix | undefined;

  constructor(options: LengthPrefixedDecoderOptions = {}) {
    this.#prefix = new PrefixReader(lengthPrefix(options));
    this.#word = this.#prefix.word;
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
  push(chunk: Uint8Array): Uint8Array[] {
    if (chunk.length < this.#partial.missing) {
      this.#partial.append(chunk, 0, chunk.length);
      return []; // a new one each time: V8 iterates a shared frozen array five times as slowly
    }
    this.#open();
    let frames: Uint8Array[];
    let at = 0;
    if (this.#partial.missing > 0) {
      at = this.#complete(chunk);
      frames = [this.#partial.frame()];
      this.#partial.clear();
    } else {
      frames = [];
    }
    if (this.#word !== undefined && this.#isWorthAView(chunk, at)) {
      at = cutWholeFrames(chunk, at, this.#word, frames, this.#copy);
    }
    while ((at = this.#next(chunk, at)) !== NONE) {
      const frame = new Uint8Array(chunk.buffer, chunk.byteOffset + this.#start, at - this.#start);
      // not slice() for the copy: on a Buffer that is a view too
      frames.push(this.#copy ? new Uint8Array(frame) : frame);
    }
    this.#close();
    if (frames.length === 0 && this.#error !== undefined) throw this.#error;
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
    if (chunk.length < this.#partial.missing) return this.#partial.append(chunk, 0, chunk.length);
    this.#open();
    let at = 0;
    if (this.#partial.missing > 0) {
      at = this.#complete(chunk);
      const { bytes, start, end } = this.#partial;
      this.#partial.clear();
      visit(bytes, start, end);
    }
    if (this.#word !== undefined && this.#isWorthAView(chunk, at))
      at = visitWholeFrames(chunk, at, this.#word, visit);
    while ((at = this.#next(chunk, at)) !== NONE) visit(chunk, this.#start, at);
    this.#close();
    if (this.#error !== undefined) throw this.#error;
  }

  /** Says that the stream is over. Throws `FRAME_TRUNCATED` when it stopped inside a frame, or the decoder's error. */
  end(): void {
    if (this.#state === "ended") return;
    if (this.#state !== "open") this.#refuse();
    const { length, missing } = this.#partial;
    if (missing > 0) {
      this.#fail(
        new NetError(
          "FRAME_TRUNCATED",
          `Expected ${length + missing} bytes of payload, got ${length} before the end of the stream`,
        ),
      );
    } else if (this.#prefix.pending > 0) {
      this.#fail(
        new NetError(
          "FRAME_TRUNCATED",
          `Expected the rest of a prefix, got ${this.#prefix.pending} of its bytes before the end of the stream`,
        ),
      );
    }
    if (this.#error !== undefined) throw this.#error;
    this.#state = "ended";
  }

  #open(): void {
    if (this.#state !== "open") this.#refuse();
    this.#state = "busy";
  }

  #close(): void {
    if (this.#state === "busy") this.#state = "open";
  }

  /** The loops over whole frames begin at a prefix: where half of one has come already, the other half is none. */
  #isWorthAView(chunk: Uint8Array, at: number): boolean {
    return this.#prefix.pending === 0 && chunk.length - at >= LARGE;
  }

  /** Completes the frame under way with the first bytes of `chunk`; says where the next one begins. */
  #complete(chunk: Uint8Array): number {
    const at = this.#partial.missing;
    this.#partial.append(chunk, 0, at);
    return at;
  }

  /** The end of the whole frame whose prefix is at `at`, and in `#start` its begin; else takes in the rest: `NONE`. */
  #next(chunk: Uint8Array, at: number): number {
    if (at >= chunk.length) return NONE;
    const length = this.#prefix.read(chunk, at);
    if (length < 0) {
      if (length !== INCOMPLETE) this.#fail(this.#prefix.error);
      return NONE;
    }
    const start = this.#prefix.position;
    const end = start + length;
    if (end > chunk.length) {
      // the rest is still on its way
      this.#partial.begin(length, this.#copy);
      this.#partial.append(chunk, start, chunk.length);
      return NONE;
    }
    this.#start = start;
    return end;
  }

  #fail(error: NetError | undefined): void {
    this.#error = error;
    this.#state = "failed";
    this.#partial.clear();
  }

  #refuse(): never {
    if (this.#error !== undefined) throw this.#error;
    const why = this.#state === "ended" ? "end() was called" : "a visitor threw or pushed in its turn";
    throw new NetError("DECODER_CLOSED", `Expected no bytes, got a chunk after ${why}`);
  }
}

/** From here on, in bytes, a chunk is worth a DataView. */
const LARGE = 8192;
const NONE = -1;
