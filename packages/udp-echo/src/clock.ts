/** Time and timers, handed in so that a test can bring its own. */
export interface Clock {
  /** Milliseconds since some fixed point; never goes back. */
  now(): number;
  /** Runs `action` once, `ms` from now. Calling what it returns cancels that. */
  after(ms: number, action: () => void): () => void;
}

/** The monotonic clock: a wall clock that is set back would lengthen deadlines. */
export const systemClock: Clock = {
  now: () => performance.now(),
  after(ms, action) {
    const timer = setTimeout(action, ms);
    return () => clearTimeout(timer);
  },
};
