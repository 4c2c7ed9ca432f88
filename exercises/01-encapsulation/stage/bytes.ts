/** `"00 00 00 05"` as bytes. */
export function hex(digits: string): Uint8Array {
  return Uint8Array.from(digits.split(" ").filter(Boolean), (byte) => Number.parseInt(byte, 16));
}

/** Bytes as `"00 00 00 05"`: a text is shown whole in a failure, bytes only as far as a line goes. */
export function digits(bytes: Uint8Array = new Uint8Array(0)): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(" ") || "(no bytes)";
}

export function text(characters: string): Uint8Array {
  return new TextEncoder().encode(characters);
}

export function concat(...parts: Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

/** The two bytes of a 16-bit number. */
export function word(value: number): Uint8Array {
  return Uint8Array.of(value >>> 8, value);
}

/** A copy with one bit inverted; bit 0 is the most significant one of the first byte. */
export function flipped(bytes: Uint8Array, bit: number): Uint8Array {
  const copy = Uint8Array.from(bytes);
  copy[bit >>> 3] = (copy[bit >>> 3] ?? 0) ^ (0x80 >>> (bit & 7));
  return copy;
}

/** A copy in which these bytes stand at index `at`. */
export function replaced(bytes: Uint8Array, at: number, by: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(bytes);
  copy.set(by, at);
  return copy;
}
