import { NetError } from "../net-error.ts";
import { lengthPrefix, type LengthPrefix, type LengthPrefixOptions } from "./length-prefix.ts";

/**
 * Puts a payload's length in front of it. The frame is a copy: the payload is yours again.
 *
 * Throws `FRAME_TOO_LARGE` when the payload is longer than `maxFrameLength` or than the prefix can say; what this
 * accepts, a decoder with the same options accepts.
 */
export function encodeFrame(payload: Uint8Array, options?: LengthPrefixOptions): Uint8Array {
  return encode(payload, lengthPrefix(options));
}

/**
 * The prefix alone, for a payload of `length` bytes that is then written as it is: two writes, no copy.
 * Throws as `encodeFrame` does.
 */
export function encodePrefix(length: number, options?: LengthPrefixOptions): Uint8Array {
  const prefix = lengthPrefix(options);
  const written = writtenLength(length, prefix);
  const bytes = new Uint8Array(prefixLength(written, prefix));
  writePrefix(bytes, written, prefix);
  return bytes;
}

/** `encodeFrame` with its options already checked. */
export function encode(payload: Uint8Array, prefix: LengthPrefix): Uint8Array {
  const written = writtenLength(payload.length, prefix);
  const start = prefixLength(written, prefix);
  const frame = new Uint8Array(start + payload.length);
  writePrefix(frame, written, prefix);
  frame.set(payload, start);
  return frame;
}

/** The number that the prefix says for a payload of `length` bytes. */
function writtenLength(length: number, { prefix, countsItself, maxFrameLength }: LengthPrefix): number {
  if (length > maxFrameLength) {
    throw new NetError(
      "FRAME_TOO_LARGE",
      `Expected a payload of at most ${maxFrameLength} bytes, got ${length}`,
    );
  }
  if (prefix === "varint") return countsItself ? selfCountingVarint(length) : length;
  const written = countsItself ? length + prefix : length;
  if (written >= 256 ** prefix) {
    throw new NetError(
      "FRAME_TOO_LARGE",
      `Expected a length that fits a prefix of ${prefix} bytes (below ${256 ** prefix}), got ${written}`,
    );
  }
  return written;
}

/** A longer varint makes the total longer, which may make the varint longer: 127 bytes of payload need two, and say 129. */
function selfCountingVarint(length: number): number {
  let own = 1;
  while (varintLength(length + own) > own) own++;
  return length + own;
}

function prefixLength(written: number, { prefix }: LengthPrefix): number {
  return prefix === "varint" ? varintLength(written) : prefix;
}

function varintLength(value: number): number {
  let length = 1;
  while (value >= 128 ** length) length++;
  return length;
}

function writePrefix(into: Uint8Array, written: number, { prefix, endian }: LengthPrefix): void {
  const base = prefix === "varint" ? 128 : 256;
  const length = prefix === "varint" ? varintLength(written) : prefix;
  const bigEndian = prefix !== "varint" && endian === "big";
  let rest = written;
  for (let index = 0; index < length; index++) {
    const more = prefix === "varint" && index < length - 1 ? 0x80 : 0;
    into[bigEndian ? length - 1 - index : index] = (rest % base) + more;
    rest = Math.floor(rest / base);
  }
}
