/** One for all pushes that complete nothing: most of them, when a stream comes in crumbs. */
export const NO_FRAMES: readonly Uint8Array[] = Object.freeze([]);
