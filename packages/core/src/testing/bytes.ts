/** `"00 ff"` → the bytes; anything that is no hexadecimal digit is passed over. */
export function hex(text: string): Uint8Array {
  return Uint8Array.from(text.match(/[\da-f]{2}/gi) ?? [], (pair) => Number.parseInt(pair, 16));
}

/** The bytes with one of them replaced. */
export function withByte(bytes: Uint8Array, at: number, value: number): Uint8Array {
  const changed = bytes.slice();
  changed[at] = value;
  return changed;
}
