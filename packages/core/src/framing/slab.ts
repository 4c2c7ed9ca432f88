/** Bytes of a slab that small frames are put together in. */
const SLAB_LENGTH = 65_536;
/** Longest frame that gets its room in a slab, in bytes. */
export const SLAB_FRAME_LENGTH = 4096;

/**
 * Memory for small frames: each is given a stretch that nobody else is given. A Uint8Array of its own costs V8 some
 * fifteen times as much. A kept frame pins its slab, as a view pins its chunk.
 */
class Slab {
  bytes = new Uint8Array(0);
  #used = 0;

  /** Takes `length` bytes of `bytes` and says where they begin. */
  take(length: number): number {
    if (this.#used + length > this.bytes.length) {
      this.bytes = new Uint8Array(SLAB_LENGTH);
      this.#used = 0;
    }
    const start = this.#used;
    this.#used += length;
    return start;
  }
}

/** One for all decoders: most connections have no frame under way, and 64 KiB for each would be dear. */
export const slab = new Slab();
