import type { Writable } from "node:stream";
import { encodePrefix, LengthPrefixedDecoder } from "@tcpip-workshop/core/framing";

/** Bytes of the length in front of each frame. */
const PREFIX_LENGTH = 4;

/**
 * Writes every whole frame of what comes to `out`. Frames that lie whole in a chunk are written where they lie, all in
 * one piece, prefix included: no copy, and one call to the system however many they are.
 */
export class FrameEcho {
  readonly #out: Writable;
  readonly #maxFrameLength: number;
  readonly #decoder: LengthPrefixedDecoder;
  /** What has come, and what of it belongs to frames that were whole; in bytes. */
  #received = 0;
  #echoed = 0;
  #chunk: Uint8Array | undefined;
  /** The frames of `#chunk` that wait to be written. */
  #start = 0;
  #end = 0;

  constructor(out: Writable, maxFrameLength: number) {
    this.#out = out;
    this.#maxFrameLength = maxFrameLength;
    this.#decoder = new LengthPrefixedDecoder({ maxFrameLength });
  }

  /** Whether a frame has begun that is not whole. */
  get partial(): boolean {
    return this.#received !== this.#echoed;
  }

  /** Throws `FRAME_TOO_LARGE` behind the last good frame, which has been written. */
  push(chunk: Uint8Array): void {
    const spans = this.partial;
    this.#received += chunk.length;
    this.#chunk = chunk;
    this.#start = this.#end = 0;
    // the frame that the chunk completes is two pieces, and the rest is a third: let them leave together
    if (spans) this.#out.cork();
    try {
      this.#decoder.forEach(chunk, this.#visit);
    } finally {
      if (this.#end - this.#start === chunk.length) this.#out.write(chunk);
      else if (this.#end > 0) this.#out.write(chunk.subarray(this.#start, this.#end));
      if (spans) this.#out.uncork();
      // else a connection that is quiet would keep its last 64 KiB
      this.#chunk = undefined;
    }
  }

  /** Throws `FRAME_TRUNCATED` when the stream is over inside a frame. */
  end(): void {
    this.#decoder.end();
  }

  readonly #visit = (bytes: Uint8Array, start: number, end: number): void => {
    this.#echoed += PREFIX_LENGTH + (end - start);
    const from = start - PREFIX_LENGTH;
    if (bytes === this.#chunk && from >= 0) {
      // the frames of a chunk lie one behind the other: where the first begins and the last ends is all of them
      if (this.#end === 0) this.#start = from;
      this.#end = end;
    } else {
      // it began in an earlier chunk, and is always the first of this one
      this.#out.write(encodePrefix(end - start, { maxFrameLength: this.#maxFrameLength }));
      this.#out.write(new Uint8Array(bytes.buffer, bytes.byteOffset + start, end - start));
    }
  };
}
