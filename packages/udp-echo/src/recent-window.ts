/** How much is remembered, and how long. */
export interface WindowLimits {
  /** Milliseconds from `add` until forgotten. */
  maxAge: number;
  /** Entries at most; the oldest gives way. */
  maxEntries: number;
  /** Bytes at most, as told to `add`; the oldest give way. */
  maxBytes: number;
}

/**
 * What happened lately, by key: bounded by age, by count and by bytes, so that no peer can make it grow. There is no timer:
 * what is too old is never given out, and is dropped as others are added.
 */
export class RecentWindow<Key, Value> {
  readonly #limits: WindowLimits;
  /** Oldest first: a Map keeps the order of insertion, and `add` never changes an entry in place. */
  readonly #entries = new Map<Key, { value: Value; bytes: number; addedAt: number }>();
  #bytes = 0;
  #evicted = 0;

  constructor(limits: WindowLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Bytes of all entries, as told to `add`. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Entries that had to go before their time, to make room: above 0, the window is shorter than `maxAge`. */
  get evicted(): number {
    return this.#evicted;
  }

  /** The entry of that key in a box, so that a value may be `undefined`; undefined when there is none. */
  get(key: Key, now: number): { value: Value } | undefined {
    const entry = this.#entries.get(key);
    return entry && !this.#isOld(entry.addedAt, now) ? entry : undefined;
  }

  /** Remembers `value`, in place of an older one. `bytes` above the limit by itself is not remembered at all. */
  add(key: Key, value: Value, bytes: number, now: number): void {
    this.#remove(key);
    this.#entries.set(key, { value, bytes, addedAt: now });
    this.#bytes += bytes;
    for (const [oldest, { addedAt }] of this.#entries) {
      const old = this.#isOld(addedAt, now);
      if (!old && this.#entries.size <= this.#limits.maxEntries && this.#bytes <= this.#limits.maxBytes)
        break;
      if (!old) this.#evicted++;
      this.#remove(oldest);
    }
  }

  #isOld(addedAt: number, now: number): boolean {
    return now - addedAt >= this.#limits.maxAge;
  }

  #remove(key: Key): void {
    this.#bytes -= this.#entries.get(key)?.bytes ?? 0;
    this.#entries.delete(key);
  }
}
