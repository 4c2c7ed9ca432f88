/** Bytes in front of each frame, in the memory that it lies in, and what they are. */
const before = { length: 64, value: 0xee };

/**
 * Reads the frames that the grader sends, one after the other, and gives each to `take` when it is whole. It believes every length, and reserves
 * it at once: the grader is no stranger here. That makes it no answer to the exercise that asks for such a reader, from which this file could be read.
 *
 * A frame has memory of its own, which begins before it: what an answer is given never begins where its memory does, and code that
 * forgets so reads the same bytes each time.
 */
export function frameReader(take: (frame: Uint8Array) => void): (chunk: Uint8Array) => void {
  const header = Buffer.alloc(4);
  let frame: Buffer | undefined;
  let filled = 0;
  return (chunk) => {
    let rest = chunk;
    const fill = (part: Buffer): boolean => {
      const piece = rest.subarray(0, part.length - filled);
      part.set(piece, filled);
      filled += piece.length;
      rest = rest.subarray(piece.length);
      return filled === part.length;
    };
    while (rest.length > 0) {
      if (frame === undefined) {
        if (!fill(header)) return;
        frame = withMemoryBefore(header.readUInt32BE());
        filled = 0;
      }
      if (!fill(frame)) return;
      const whole = frame;
      frame = undefined;
      filled = 0;
      take(whole);
    }
  };
}

function withMemoryBefore(length: number): Buffer {
  const memory = Buffer.allocUnsafeSlow(before.length + length);
  memory.fill(before.value, 0, before.length);
  return memory.subarray(before.length);
}
