import { NetError } from "../net-error.ts";

/**
 * The Internet checksum (RFC 1071) of `bytes[start, end)`: the ones' complement of the ones' complement sum of its 16-bit
 * words, big-endian; an odd last byte is padded with a zero behind it. It stands in IPv4, ICMP, UDP and TCP headers.
 * Sent with its own field as 0; a receiver sums everything, field included, and gets 0 if all is well.
 * @param sum What was summed before, such as a pseudo-header: see {@link sumWords}.
 * @throws NetError `ARGUMENT_INVALID` when `start` and `end` are not within the bytes, in that order.
 */
export function checksum(bytes: Uint8Array, start = 0, end = bytes.length, sum = 0): number {
  return ~sumWords(bytes, start, end, sum) & 0xffff;
}

/**
 * The ones' complement sum of the 16-bit words of `bytes[start, end)` and `sum`: 0 to 0xffff. Parts may be summed one after the
 * other, in any order, as long as each but the last has an even length; words pair up from `start` on, wherever that lies.
 * @throws NetError `ARGUMENT_INVALID` when `start` and `end` are not within the bytes, in that order.
 */
export function sumWords(bytes: Uint8Array, start = 0, end = bytes.length, sum = 0): number {
  // Bytes that are not there would count as nothing, or undo what was summed.
  if (start >>> 0 !== start || end >>> 0 !== end || start > end || end > bytes.length) {
    throw outside(bytes.length, start, end);
  }
  return end - start < WIDE ? sumBytes(bytes, start, end, sum) : sumWide(bytes, start, end, sum);
}

/**
 * The checksum after one 16-bit word of what it covers was changed, without reading the rest: HC' = ~(~HC + ~m + m')
 * (RFC 1624, equation 3). What a router does when it lowers the TTL, and a NAT for addresses and ports.
 * In UDP, leave a 0 (none) alone, and send 0xffff for a 0 that comes out.
 */
export function updateChecksum(checksum: number, oldWord: number, newWord: number): number {
  return ~fold((~checksum & 0xffff) + (~oldWord & 0xffff) + newWord) & 0xffff;
}

// Below this, making the view costs more than it saves.
const WIDE = 128;
/** High halves of 32-bit words that fit into 32 bits together. */
const BLOCK = 65_536;
const LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

function outside(length: number, start: number, end: number): NetError {
  const got = `${start} to ${end}`;
  return new NetError("ARGUMENT_INVALID", `Expected a start and an end within ${length} bytes, got ${got}`);
}

function sumBytes(bytes: Uint8Array, start: number, end: number, sum: number): number {
  // The high and the low bytes apart, as 32-bit integers: few bytes come here, and these additions need no check.
  let high = 0;
  let low = 0;
  let at = start;
  // Four words a turn: what a turn itself costs is most of it.
  for (const last = end - 7; at < last; at += 8) {
    high = (high + bytes[at]! + bytes[at + 2]! + bytes[at + 4]! + bytes[at + 6]!) | 0;
    low = (low + bytes[at + 1]! + bytes[at + 3]! + bytes[at + 5]! + bytes[at + 7]!) | 0;
  }
  for (const last = end - 1; at < last; at += 2) {
    high = (high + bytes[at]!) | 0;
    low = (low + bytes[at + 1]!) | 0;
  }
  if (at < end) high = (high + bytes[at]!) | 0;
  return fold(sum + (high << 8) + low);
}

/**
 * In 32-bit words of the machine's own byte order: a sum in the other order is the sum with its bytes swapped (RFC 1071 §2(B)),
 * and the same holds for words that begin on the wrong foot.
 */
function sumWide(bytes: Uint8Array, start: number, end: number, sum: number): number {
  const aligned = start + (-(bytes.byteOffset + start) & 3);
  const words = new Int32Array(bytes.buffer, bytes.byteOffset + aligned, (end - aligned) >>> 2);
  const middle = sumInt32s(words);
  const head = aligned - start;
  // Of an odd number of bytes before, the last one is the high half of a word whose low half is the first behind.
  const swapped = LITTLE_ENDIAN !== (head & 1) > 0 ? swap(middle) : middle;
  const tailStart = aligned + words.length * 4;
  const tail = sumBytes(bytes, tailStart, end, 0);
  return fold(sumBytes(bytes, start, aligned, sum) + swapped + ((head & 1) > 0 ? swap(tail) : tail));
}

function sumInt32s(words: Int32Array): number {
  let total = 0;
  let at = 0;
  while (at < words.length) {
    // Three operations a word: all of it and its high half are added up, modulo 2³²; what the low halves add up to
    // is the difference, and neither half's sum overflows within a block.
    let both = 0;
    let high = 0;
    const end = Math.min(words.length, at + BLOCK);
    for (; at + 4 <= end; at += 4) {
      const a = words[at]!;
      const b = words[at + 1]!;
      const c = words[at + 2]!;
      const d = words[at + 3]!;
      both = (((((both + a) | 0) + ((b + c) | 0)) | 0) + d) | 0;
      high = (high + (a >>> 16) + (b >>> 16) + (c >>> 16) + (d >>> 16)) | 0;
    }
    for (; at < end; at++) {
      both = (both + words[at]!) | 0;
      high = (high + (words[at]! >>> 16)) | 0;
    }
    total += ((both - (high << 16)) >>> 0) + (high >>> 0);
  }
  return fold(total);
}

/** Brings the carries round to the other end until there are none. */
function fold(sum: number): number {
  let folded = sum;
  // Bit operations would lose what is beyond 32 bits; V8 compares with up to 30 as integers, with more as floating point.
  while (folded > 0x3fff_ffff) folded = (folded % 0x10000) + Math.floor(folded / 0x10000);
  folded = (folded & 0xffff) + (folded >>> 16);
  return (folded & 0xffff) + (folded >>> 16);
}

function swap(word: number): number {
  return ((word & 0xff) << 8) | (word >>> 8);
}
