/** Four bytes as `/proc/net/tcp` gives them: one number in the host's byte order. */
export function ipv4Text(word: number): string {
  return LITTLE_ENDIAN
    ? `${word & 255}.${(word >>> 8) & 255}.${(word >>> 16) & 255}.${word >>> 24}`
    : `${word >>> 24}.${(word >>> 16) & 255}.${(word >>> 8) & 255}.${word & 255}`;
}

/** Sixteen bytes as `/proc/net/tcp6` gives them: four numbers in the host's byte order. Spelled as `inet_ntop` and RFC 5952 §4 do. */
export function ipv6Text(words: readonly [number, number, number, number]): string {
  const [first, second, third, last] = words;
  if (first === 0 && second === 0 && third === MAPPED) return `::ffff:${ipv4Text(last)}`;
  const groups = words.flatMap((word) => {
    const swapped = LITTLE_ENDIAN ? swap(word) : word;
    return [(swapped >>> 16).toString(16), (swapped & 0xffff).toString(16)];
  });
  // The first longest run of two or more zero groups (RFC 5952 §4.2) becomes "::".
  const runs = groups.map((_, start) => zeroRun(groups, start));
  const longest = Math.max(...runs);
  if (longest < 2) return groups.join(":");
  const start = runs.indexOf(longest);
  return `${groups.slice(0, start).join(":")}::${groups.slice(start + longest).join(":")}`;
}

const LITTLE_ENDIAN = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;
/** The third word of an IPv4-mapped address, `::ffff:0:0/96`. */
const MAPPED = LITTLE_ENDIAN ? 0xffff0000 : 0x0000ffff;

function swap(word: number): number {
  return ((word << 24) | ((word << 8) & 0xff0000) | ((word >>> 8) & 0xff00) | (word >>> 24)) >>> 0;
}

function zeroRun(groups: readonly string[], start: number): number {
  let end = start;
  while (groups[end] === "0") end++;
  return end - start;
}
