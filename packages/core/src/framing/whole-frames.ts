/** Told where a payload lies: `bytes[start, end)`, the prefix left out. */
export type FrameVisitor = (bytes: Uint8Array, start: number, end: number) => void;

/** A prefix of 4 bytes, as the loops below want it. */
export interface WordPrefix {
  littleEndian: boolean;
  /** What the length counts beside the payload, in bytes. */
  own: 0 | 4;
  /** Longest payload in bytes, below 2³¹. */
  max: number;
}

// The two loops are one, written twice: V8 compiles `visit` into the first as long as no other function is called there.
// Both leave every length that they do not like, for whatever reason, to the state machine: it finds the same again.

/** Visits the frames that lie whole in `chunk` from `at` on; says where the first lies that does not. */
export function visitWholeFrames(
  chunk: Uint8Array,
  at: number,
  prefix: WordPrefix,
  visit: FrameVisitor,
): number {
  const { littleEndian, own, max } = prefix;
  const words = new DataView(chunk.buffer, chunk.byteOffset, chunk.length);
  const last = chunk.length - 4;
  while (at <= last) {
    // `| 0`: whole numbers of 32 bits all the way; a length of 2 GiB and more turns negative
    const length = (words.getInt32(at, littleEndian) - own) | 0;
    if (length < 0 || length > max || length > last - at) break;
    const start = (at + 4) | 0;
    at = (start + length) | 0;
    visit(chunk, start, at);
  }
  return at;
}

/** The same, with a view of each frame added to `frames`, or a copy. */
export function cutWholeFrames(
  chunk: Uint8Array,
  at: number,
  prefix: WordPrefix,
  frames: Uint8Array[],
  copy: boolean,
): number {
  const { littleEndian, own, max } = prefix;
  const { buffer, byteOffset } = chunk;
  const words = new DataView(buffer, byteOffset, chunk.length);
  const last = chunk.length - 4;
  while (at <= last) {
    const length = (words.getInt32(at, littleEndian) - own) | 0;
    if (length < 0 || length > max || length > last - at) break;
    const start = (at + 4) | 0;
    at = (start + length) | 0;
    const frame = new Uint8Array(buffer, byteOffset + start, length);
    frames.push(copy ? new Uint8Array(frame) : frame);
  }
  return at;
}
