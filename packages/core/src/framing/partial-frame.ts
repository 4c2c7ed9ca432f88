import { view } from "./view.ts";

/** Room taken at once for a frame that has only begun, in bytes, whatever length it declares. */
const FIRST_ROOM = 4096;
/** Then never more than this many times the bytes that have really come. */
const GROWTH = 4;
/** Below this a loop is faster than a call of `set`. */
const SHORT = 24;

const NOTHING = new Uint8Array(0);

/**
 * The bytes of one frame that the network has cut in pieces. Room follows what has arrived, not what a stranger
 * declared: a header that announces 1 GiB costs 4 KiB until more comes. Every byte is moved at most 1⅓ times.
 */
export class PartialFrame {
  #bytes = NOTHING;
  #length = 0;

  /** How many bytes have arrived. */
  get length(): number {
    return this.#length;
  }

  /** Copies `chunk[start, end)` behind the bytes held. `expected` is the whole frame's length as far as is known. */
  append(chunk: Uint8Array, start: number, end: number, expected: number): void {
    const length = this.#length;
    const needed = length + (end - start);
    if (needed > this.#bytes.length) this.#grow(needed, expected);
    const bytes = this.#bytes;
    if (end - start < SHORT) {
      for (let from = start, to = length; from < end; from++, to++) bytes[to] = chunk[from]!;
    } else {
      bytes.set(start === 0 && end === chunk.length ? chunk : view(chunk, start, end), length);
    }
    this.#length = needed;
  }

  /** Gives the buffer away and starts anew: what was given is never written to again. */
  take(): Uint8Array {
    const bytes = this.#bytes;
    this.#bytes = NOTHING;
    this.#length = 0;
    return bytes;
  }

  #grow(needed: number, expected: number): void {
    const bytes = new Uint8Array(Math.max(needed, Math.min(expected, Math.max(FIRST_ROOM, needed * GROWTH))));
    if (this.#length > 0) bytes.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = bytes;
  }
}
