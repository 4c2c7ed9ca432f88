import { NetError } from "../net-error.ts";
import { frameLimit } from "./length-prefix.ts";
import { view } from "./view.ts";

export interface DelimiterDecoderOptions {
  /** What ends a frame: one byte or more, e.g. `Uint8Array.of(13, 10)` for CR LF. Taken as bytes, never as text. */
  delimiter: Uint8Array;
  /** Longest frame in bytes, delimiter not counted. Default 1 MiB (`DEFAULT_MAX_FRAME_LENGTH`). */
  maxFrameLength?: number;
  /** Frames are copies that pin nothing but themselves. Default false: views of the chunk they came in. */
  copy?: boolean;
}

/**
 * Splits a byte stream at a delimiter, however the network cut it up, even through the delimiter itself. The delimiter is
 * left out; two in a row make an empty frame. Cost is linear in the bytes, whatever the delimiter.
 *
 * Frames are views under the terms of `LengthPrefixedDecoder`; one that spans chunks has memory of its own. Text is
 * decoded behind this, frame by frame: a character may be cut in two by the network, never by its frame.
 */
export class DelimiterDecoder {
  readonly #delimiter: Uint8Array;
  /** Knuth, Morris and Pratt (1977): after `k` matching bytes and a wrong one, `#fallback[k]` of them still match. */
  readonly #fallback: Uint32Array;
  readonly #maxFrameLength: number;
  readonly #copy: boolean;

  /** The frame under way as far as it came in earlier chunks: `#held` bytes, the beginning of a delimiter among them. */
  #scratch = NO_BYTES;
  #held = 0;
  /** Bytes of the delimiter that match at the end of what has come. */
  #matched = 0;
  #error: NetError | undefined;
  #ended = false;

  constructor(options: DelimiterDecoderOptions) {
    if (options.delimiter.length === 0) {
      throw new NetError("ARGUMENT_INVALID", "Expected a delimiter of at least 1 byte, got 0 bytes");
    }
    this.#delimiter = new Uint8Array(options.delimiter);
    this.#fallback = fallbacks(this.#delimiter);
    this.#maxFrameLength = frameLimit(options.maxFrameLength);
    this.#copy = options.copy ?? false;
  }

  /** Why the decoder gave up, as soon as that is known; `undefined` while all is well. */
  get error(): NetError | undefined {
    return this.#error;
  }

  /**
   * Takes the next chunk and returns the frames it completes, in order. Good frames in front of one that is too long are
   * returned; the next `push` or `end` throws.
   *
   * Throws `FRAME_TOO_LARGE` as soon as a frame must exceed the limit, `DECODER_CLOSED` after `end`.
   */
  push(chunk: Uint8Array): Uint8Array[] {
    if (this.#error !== undefined) throw this.#error;
    if (this.#ended)
      throw new NetError("DECODER_CLOSED", "Expected no bytes, got a chunk after end() was called");
    const frames: Uint8Array[] = [];
    let start = 0;
    for (;;) {
      const end = this.#findEnd(chunk, start);
      // without a delimiter: the least the frame can have, if the bytes that match turn out to be one
      const length =
        this.#held + (end === -1 ? chunk.length - this.#matched : end - this.#delimiter.length) - start;
      if (length > this.#maxFrameLength) {
        const expected = `a delimiter after at most ${this.#maxFrameLength} bytes`;
        this.#fail("FRAME_TOO_LARGE", `Expected ${expected}, got a frame of at least ${length}`);
        break;
      }
      if (end === -1) {
        this.#hold(chunk, start);
        break;
      }
      frames.push(this.#frame(chunk, start, end, length));
      start = end;
    }
    if (frames.length === 0 && this.#error !== undefined) throw this.#error;
    return frames;
  }

  /** Says that the stream is over. Throws `FRAME_TRUNCATED` when bytes came after the last delimiter. */
  end(): void {
    if (this.#error === undefined && this.#held > 0) {
      this.#fail(
        "FRAME_TRUNCATED",
        `Expected a delimiter, got the end of the stream ${this.#held} bytes after the last one`,
      );
    }
    if (this.#error !== undefined) throw this.#error;
    this.#ended = true;
  }

  /** Where the next delimiter ends, −1 when not in this chunk: then `#matched` carries its beginning to the next. */
  #findEnd(chunk: Uint8Array, start: number): number {
    const delimiter = this.#delimiter;
    let matched = this.#matched;
    this.#matched = 0;
    for (let at = start; at < chunk.length; at++) {
      if (matched === 0 && (at = chunk.indexOf(delimiter[0]!, at)) === -1) return -1;
      while (matched > 0 && chunk[at] !== delimiter[matched]) matched = this.#fallback[matched]!;
      if (chunk[at] === delimiter[matched]) matched++;
      if (matched === delimiter.length) return at + 1;
    }
    this.#matched = matched;
    return -1;
  }

  #frame(chunk: Uint8Array, start: number, end: number, length: number): Uint8Array {
    if (this.#held === 0) {
      const frame = view(chunk, start, start + length);
      return this.#copy ? new Uint8Array(frame) : frame;
    }
    const frame = new Uint8Array(length);
    const held = Math.min(this.#held, length); // the held bytes may reach into the delimiter
    frame.set(view(this.#scratch, 0, held));
    frame.set(view(chunk, start, start + length - held), held);
    this.#held = 0;
    if (this.#scratch.length > SCRATCH_KEPT) this.#scratch = NO_BYTES;
    return frame;
  }

  /** Keeps the end of a chunk that holds no delimiter: the rest is still on its way. */
  #hold(chunk: Uint8Array, start: number): void {
    const held = this.#held + chunk.length - start;
    if (held > this.#scratch.length) {
      const scratch = new Uint8Array(Math.max(held * 2, 256));
      scratch.set(view(this.#scratch, 0, this.#held));
      this.#scratch = scratch;
    }
    this.#scratch.set(view(chunk, start, chunk.length), this.#held);
    this.#held = held;
  }

  #fail(code: "FRAME_TOO_LARGE" | "FRAME_TRUNCATED", message: string): void {
    this.#error = new NetError(code, message);
    this.#scratch = NO_BYTES;
  }
}

/** Above this the scratch memory goes back after a long frame, in bytes. */
const SCRATCH_KEPT = 65_536;
const NO_BYTES = new Uint8Array(0);

/** For each `k`: how long is the longest beginning of the delimiter that also ends its first `k` bytes, itself left out? */
function fallbacks(delimiter: Uint8Array): Uint32Array {
  const fallback = new Uint32Array(delimiter.length + 1);
  for (let at = 1, matched = 0; at < delimiter.length; at++) {
    while (matched > 0 && delimiter[at] !== delimiter[matched]) matched = fallback[matched]!;
    if (delimiter[at] === delimiter[matched]) matched++;
    fallback[at + 1] = matched;
  }
  return fallback;
}
