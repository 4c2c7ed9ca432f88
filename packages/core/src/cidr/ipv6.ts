import { formatIpv4, scanIpv4, scannedIpv4 } from "./ipv4.ts";

const COLON = 58;
const DOT = 46;
const GROUPS = 8;

/** The eight 16-bit groups of the last scan. */
const groups = new Uint16Array(GROUPS);

/**
 * Reads `text[start, end)` in any spelling of RFC 4291 §2.2 (`::` once, upper or lower case, a dotted IPv4 tail) for
 * {@link scannedWord} and {@link scannedIpv6}. False for any other spelling, zone ids included.
 */
export function scanIpv6(text: string, start: number, end: number): boolean {
  let at = start;
  let count = 0;
  let gap = -1;
  if (end - start >= 2 && text.charCodeAt(start) === COLON && text.charCodeAt(start + 1) === COLON) {
    gap = 0;
    at += 2;
  }
  while (at < end) {
    const groupStart = at;
    let value = 0;
    let code = 0;
    for (; at < end; at++) {
      code = text.charCodeAt(at);
      const digit = code < 128 ? HEX_VALUE[code]! : NOT_HEX;
      if (digit === NOT_HEX) break;
      value = (value << 4) | digit;
    }
    if (at < end && code === DOT) {
      if (count > GROUPS - 2 || !scanIpv4(text, groupStart, end)) return false;
      const tail = scannedIpv4();
      groups[count++] = tail >>> 16;
      groups[count++] = tail & 0xffff;
      break;
    }
    const digits = at - groupStart;
    if (digits === 0 || digits > 4 || count === GROUPS) return false;
    groups[count++] = value;
    if (at === end) break;
    if (code !== COLON || ++at === end) return false;
    if (text.charCodeAt(at) === COLON) {
      if (gap >= 0) return false;
      gap = count;
      at++;
    }
  }
  if (gap < 0) return count === GROUPS;
  // "::" stands for one or more groups of zeros (RFC 4291 §2.2), so eight written groups leave it nothing to be.
  if (count === GROUPS) return false;
  openGap(gap, count);
  return true;
}

/** The 32 bits at `word` (0–3) of the last scan. */
export function scannedWord(word: number): number {
  return ((groups[2 * word]! << 16) | groups[2 * word + 1]!) >>> 0;
}

/** The last scan as one number of 128 bits. */
export function scannedIpv6(): bigint {
  for (let word = 0; word < 4; word++) view.setUint32(word * 4, scannedWord(word));
  return (view.getBigUint64(0) << 64n) | view.getBigUint64(8);
}

/** The 32 bits at `word` (0–3) of `address`, 0 the most significant. */
export function wordOf(address: bigint, word: number): number {
  return Number((address >> BigInt(96 - 32 * word)) & 0xffffffffn);
}

/**
 * The canonical spelling of RFC 5952 §4: lower case, no leading zeros, `::` for the first longest run of two or more
 * zero groups; and §5 for IPv4-mapped addresses only: `::ffff:1.2.3.4`.
 */
export function formatIpv6(address: bigint): string {
  if (address >> 32n === 0xffffn) return `::ffff:${formatIpv4(wordOf(address, 3))}`;
  const values = Array.from({ length: GROUPS }, (_, group) =>
    Number((address >> BigInt(112 - 16 * group)) & 0xffffn),
  );
  const run = longestZeroRun(values);
  if (run.length < 2) return hex(values);
  return `${hex(values.slice(0, run.start))}::${hex(values.slice(run.start + run.length))}`;
}

const NOT_HEX = 255;
const HEX_VALUE = Uint8Array.from({ length: 128 }, (_, code) => {
  const digit = "0123456789abcdef".indexOf(String.fromCharCode(code).toLowerCase());
  return digit < 0 ? NOT_HEX : digit;
});
const view = new DataView(new ArrayBuffer(16));

/** Moves the groups behind "::" to the end and puts zeros in between. (`copyWithin` and `fill` cost more than the scan.) */
function openGap(gap: number, count: number): void {
  let to = GROUPS;
  for (let from = count; from > gap;) groups[--to] = groups[--from]!;
  while (to > gap) groups[--to] = 0;
}

function hex(values: number[]): string {
  return values.map((value) => value.toString(16)).join(":");
}

function longestZeroRun(values: number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  let length = 0;
  for (const [index, value] of values.entries()) {
    length = value === 0 ? length + 1 : 0;
    if (length > best.length) best = { start: index - length + 1, length };
  }
  return best;
}
