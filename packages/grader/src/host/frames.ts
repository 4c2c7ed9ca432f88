/**
 * Reads the frames that the grader sends, one after the other, and gives each to `take` when it is whole. It believes every length: the
 * grader is no stranger here. That makes it no answer to the exercise that asks for such a reader, from which this file could be read.
 */
export function frameReader(take: (frame: Uint8Array) => void): (chunk: Buffer) => void {
  let pieces: Buffer[] = [];
  let arrived = 0;
  let wanted = 4;
  let isHeader = true;
  return (chunk) => {
    pieces.push(chunk);
    arrived += chunk.length;
    while (arrived >= wanted) {
      const all = pieces.length === 1 && pieces[0] ? pieces[0] : Buffer.concat(pieces);
      const part = all.subarray(0, wanted);
      pieces = [all.subarray(wanted)];
      arrived -= wanted;
      if (isHeader) wanted = part.readUInt32BE();
      else {
        wanted = 4;
        take(part);
      }
      isHeader = !isHeader;
    }
  };
}
