const marks = new WeakMap<Uint8Array, Mark>();

/** A place in bytes, and what is to be said of it under them. */
export interface Mark {
  /** Index of the byte the caret stands under. */
  at: number;
  text: string;
}

/**
 * Puts a caret under the byte at index `at` wherever these bytes are shown in a failure:
 *
 *     00 00 00 05 68 65 6c
 *                 ^ the frame needs 5 bytes, 3 have arrived
 *
 * @returns the same bytes
 */
export function mark<T extends Uint8Array>(bytes: T, at: number, text: string): T {
  marks.set(bytes, { at, text });
  return bytes;
}

export function markOf(bytes: Uint8Array): Mark | undefined {
  return marks.get(bytes);
}
