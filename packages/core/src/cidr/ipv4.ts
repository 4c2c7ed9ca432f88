const DOT = 46;
const ZERO = 48;

/**
 * Reads `text[start, end)` as four decimal octets and gives the uint32, or -1 for any other spelling.
 * It says nothing of the reason: that is `refusal.ts`'s work, which only runs when there is something to refuse.
 */
export function scanIpv4(text: string, start: number, end: number): number {
  let address = 0;
  let octet = 0;
  let digits = 0;
  let dots = 0;
  for (let at = start; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code === DOT) {
      if (digits === 0 || dots === 3) return -1;
      address = (address << 8) | octet;
      octet = 0;
      digits = 0;
      dots++;
      continue;
    }
    const digit = code - ZERO;
    // A digit after a leading zero: `010` is 8 to inet_aton and 10 to a person, so it is neither here.
    if (digit < 0 || digit > 9 || (octet === 0 && digits > 0)) return -1;
    octet = octet * 10 + digit;
    if (octet > 255) return -1;
    digits++;
  }
  if (dots !== 3 || digits === 0) return -1;
  return ((address << 8) | octet) >>> 0;
}

/** `0x0a000001` → `"10.0.0.1"`. */
export function formatIpv4(address: number): string {
  return `${address >>> 24}.${(address >>> 16) & 255}.${(address >>> 8) & 255}.${address & 255}`;
}
