/** The clock to wait by, handed in so that a test can bring one that it moves. */
export interface Timers {
  /** Milliseconds, from any origin; never goes back. */
  now(): number;
  setTimeout(run: () => void, ms: number): unknown;
  clearTimeout(timer: unknown): void;
}

/** The monotonic clock: a wall clock that is set back would lengthen deadlines. */
export const realTimers: Timers = {
  now: () => performance.now(),
  setTimeout: (run, ms) => setTimeout(run, ms),
  clearTimeout: (timer) => clearTimeout(timer as NodeJS.Timeout),
};
