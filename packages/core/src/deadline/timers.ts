/** A clock to wait by, handed in by whoever has one: the real one, or one that a test moves. */
export interface Timers {
  /** Milliseconds, from any origin; never goes back. */
  now(): number;
  /** What it returns may have `ref` and `unref`, as Node's timers have. */
  setTimeout(run: () => void, ms: number): unknown;
  clearTimeout(timer: unknown): void;
}
