/**
 * Why the pool closed a connection.
 * - `idle`: nobody had used it for the idle time-out
 * - `dead`: `isAlive` said no, or `remove` was called
 * - `failed`: its lease was discarded
 * - `late`: it came when the pool no longer waited for it
 * - `closed`: the pool was closed
 * - `cut`: it was still lent at the close's deadline
 */
export type PoolCloseReason = "idle" | "dead" | "failed" | "late" | "closed" | "cut";

/** Why a caller did not get a connection. `full`: `maxWaiters` were waiting already. */
export type PoolRefusal = "timeout" | "aborted" | "open-failed" | "closed" | "full";

/** What the pool tells, as it happens. Durations are in ms. */
export type PoolEvent =
  | { event: "opened"; duration: number }
  | { event: "open-failed"; duration: number; error: unknown }
  | { event: "acquired"; waited: number }
  | { event: "released"; held: number }
  | { event: "refused"; reason: PoolRefusal; waited: number }
  | { event: "closed"; reason: PoolCloseReason; error?: unknown }
  | { event: "close-failed"; error: unknown };

/** `idle`, `leased`, `opening` and `closing` are all the places that are taken: at most `size` together. */
export interface PoolStats {
  readonly size: number;
  readonly idle: number;
  readonly leased: number;
  readonly opening: number;
  readonly closing: number;
  readonly waiting: number;
  /** So far. */
  readonly opened: number;
  readonly openFailed: number;
  readonly acquired: number;
  readonly closed: Readonly<Record<PoolCloseReason, number>>;
  readonly refused: Readonly<Record<PoolRefusal, number>>;
  /** How often `onEvent` threw. */
  readonly eventErrors: number;
}
