const DOT = 46;
const ZERO = 48;

/**
 * Reads `text[start, end)` as four decimal octets for {@link scannedIpv4}. False for any other spelling, of which
 * it says nothing more: reasons are `refusal.ts`'s work, which only runs when there is something to refuse.
 */
export function scanIpv4(text: string, start: number, end: number): boolean {
  let at = start;
  let address = 0;
  for (let octets = 0; octets < 4; octets++) {
    if (octets > 0 && (at >= end || text.charCodeAt(at++) !== DOT)) return false;
    if (at >= end) return false;
    let octet = text.charCodeAt(at++) - ZERO;
    if (octet >>> 0 > 9) return false;
    // A zero is an octet of its own: `010` is 8 to inet_aton and 10 to a person, so here it is neither.
    // Written out, not a loop: the loop costs a third more.
    if (octet > 0 && at < end) {
      let digit = text.charCodeAt(at) - ZERO;
      if (digit >>> 0 <= 9) {
        octet = octet * 10 + digit;
        if (++at < end) {
          digit = text.charCodeAt(at) - ZERO;
          if (digit >>> 0 <= 9) {
            octet = octet * 10 + digit;
            if (octet > 255) return false;
            at++;
          }
        }
      }
    }
    address = (address << 8) | octet;
  }
  scanned[0] = address;
  return at === end;
}

/** The address of the last successful scan. */
export function scannedIpv4(): number {
  return scanned[0]!;
}

/** `0x0a000001` → `"10.0.0.1"`. */
export function formatIpv4(address: number): string {
  const [a, b] = [DOTTED[address >>> 24]!, DOTTED[(address >>> 16) & 255]!];
  return a + b + DOTTED[(address >>> 8) & 255]! + OCTETS[address & 255]!;
}

// Ready, for making a string of a number costs more than all the rest of spelling an address.
const OCTETS = Array.from({ length: 256 }, (_, octet) => String(octet));
const DOTTED = OCTETS.map((octet) => `${octet}.`);

// The result is left here and not returned, because a uint32 above 2³¹ that is returned has to be put on the heap.
const scanned = new Uint32Array(1);
