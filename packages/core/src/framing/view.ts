/**
 * `bytes[start, end)` without a copy, always a plain Uint8Array.
 * Not `subarray()`: on a Buffer that gives a Buffer, and it is slower.
 */
export function view(bytes: Uint8Array, start: number, end: number): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset + start, end - start);
}
