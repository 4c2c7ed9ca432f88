import { slab, SLAB_FRAME_LENGTH } from "./slab.ts";
import { view } from "./view.ts";

/** Room grows to this many times the bytes that have come … */
const GROWTH = 2;
/** … and to the whole frame at once as soon as one part in so many has come. */
const SOON = 32;
/** Up to here a loop is faster than a call of `set`. */
const SHORT = 32;

const NOTHING = new Uint8Array(0);

/**
 * The bytes of one frame that the network has cut in pieces. Above 4 KiB the room follows what has arrived, not what a
 * stranger declared: a header that announces 1 GiB costs 4 KiB, and 64 KiB when 32 KiB have come. What is moved again
 * as the room grows is 4 KiB and an eighth of the frame at most.
 */
export class PartialFrame {
  /** The bytes that have come lie in `bytes[start, end)`, and there is room up to `#limit`. */
  bytes: Uint8Array = NOTHING;
  start = 0;
  end = 0;
  /** Bytes still on their way; 0 when no frame is under way. */
  missing = 0;
  #limit = 0;

  /** How many bytes have come. */
  get length(): number {
    return this.end - this.start;
  }

  /** Starts on a frame of `length` bytes; `alone` wants its memory shared with nothing. */
  begin(length: number, alone: boolean): void {
    this.clear();
    this.missing = length;
    if (length > SLAB_FRAME_LENGTH) return;
    if (alone) {
      this.bytes = new Uint8Array(length);
    } else {
      this.start = this.end = slab.take(length);
      this.bytes = slab.bytes;
    }
    this.#limit = this.start + length;
  }

  /** Copies `chunk[from, to)` behind the bytes held. */
  append(chunk: Uint8Array, from: number, to: number): void {
    const count = to - from;
    let { end } = this;
    if (count > SHORT || end + count > this.#limit) return this.#appendMany(chunk, from, to);
    for (const { bytes } = this; from < to;) bytes[end++] = chunk[from++]!;
    this.end = end;
    this.missing -= count;
  }

  /** The frame; call it once, when it is whole. */
  frame(): Uint8Array {
    const { bytes, start, end } = this;
    return end - start === bytes.length ? bytes : new Uint8Array(bytes.buffer, start, end - start);
  }

  /** Lets go of the memory. */
  clear(): void {
    this.bytes = NOTHING;
    this.start = this.end = this.missing = this.#limit = 0;
  }

  #appendMany(chunk: Uint8Array, from: number, to: number): void {
    const count = to - from;
    if (this.end + count > this.#limit) this.#grow(count);
    // not view(): written out, V8 meets but one kind of bytes here
    const piece =
      from === 0 && to === chunk.length
        ? chunk
        : new Uint8Array(chunk.buffer, chunk.byteOffset + from, count);
    this.bytes.set(piece, this.end);
    this.end += count;
    this.missing -= count;
  }

  #grow(count: number): void {
    const { length } = this;
    const whole = length + this.missing;
    const came = length + count;
    const capacity = came * SOON >= whole ? whole : Math.max(came * GROWTH, SLAB_FRAME_LENGTH);
    const bytes = new Uint8Array(capacity);
    if (length > 0) bytes.set(view(this.bytes, this.start, this.end));
    this.bytes = bytes;
    this.start = 0;
    this.end = length;
    this.#limit = capacity;
  }
}
