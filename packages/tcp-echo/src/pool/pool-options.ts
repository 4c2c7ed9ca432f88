import { NetError } from "@tcpip-workshop/core/net-error";
import { integer, timeout } from "../options.ts";
import type { PoolCloseReason, PoolEvent } from "./pool-event.ts";
import { realTimers, type Timers } from "./timers.ts";

/** What a pool is told. All times are in ms, and Infinity is none. */
export interface PoolOptions<T> {
  /** Connections at most, those that are being opened or closed included. */
  size: number;
  /** Makes a connection. The signal aborts at the open time-out, and when the pool closes. */
  open: (signal: AbortSignal) => Promise<T> | T;
  /** Ends a connection. Until its promise settles, or for the close time-out, the place is taken. */
  close: (connection: T, reason: PoolCloseReason) => Promise<void> | void;
  /** Asked before a connection is lent and when it comes back; one that says no, or throws, is closed. Default: yes. */
  isAlive?: ((connection: T) => boolean) | undefined;
  /** A connection is closed when nobody has used it for so long, or up to an eighth less. Default 30,000. */
  idleTimeout?: number | undefined;
  /** When the other side closes those that are idle, if known: the pool's own time-out then ends `idleMargin` before. */
  upstreamIdleTimeout?: number | undefined;
  /** Default 2,000: a request has to arrive before the other side's time is over, and timers may be late. */
  idleMargin?: number | undefined;
  /** What a caller waits for a connection. Default 10,000. */
  acquireTimeout?: number | undefined;
  /** Callers that may wait at once. Default 10,000. */
  maxWaiters?: number | undefined;
  /** For one `open`. Default 10,000. */
  openTimeout?: number | undefined;
  /** For one `close`. Default 5,000. */
  closeTimeout?: number | undefined;
  /** Connections to open at once, before anybody asks; failures are events. Default 0. */
  warm?: number | undefined;
  /** Told everything, for metrics. What it throws is counted, and the first time a warning of the process's. */
  onEvent?: ((event: PoolEvent) => void) | undefined;
  /** Default: the real clock. */
  timers?: Timers | undefined;
}

export interface AcquireOptions {
  /** Gives up, with the signal's reason. */
  signal?: AbortSignal | undefined;
  /** In ms; default the pool's `acquireTimeout`. */
  timeout?: number | undefined;
}

export interface PoolCloseOptions {
  /** What leases have to come back, in ms from 0; default 10,000. Then their connections are closed under them. */
  deadline?: number | undefined;
}

export interface PoolCloseReport {
  /** Leases that came back before the deadline. */
  returned: number;
  /** Leases whose connection was closed under them. */
  cut: number;
}

export type PoolSettings<T> = ReturnType<typeof poolSettings<T>>;

/** The options with their defaults. Throws `ARGUMENT_INVALID`. */
export function poolSettings<T>(options: PoolOptions<T>) {
  const size = integer("size", options.size, Number.NaN, { min: 1, max: 1_000_000 });
  return {
    size,
    open: options.open,
    close: options.close,
    isAlive: options.isAlive,
    idleTimeout: idleTimeout(options),
    acquireTimeout: timeout("acquireTimeout", options.acquireTimeout, 10_000),
    maxWaiters: integer("maxWaiters", options.maxWaiters, 10_000, { min: 0, max: 2 ** 31 - 1 }),
    openTimeout: timeout("openTimeout", options.openTimeout, 10_000),
    closeTimeout: timeout("closeTimeout", options.closeTimeout, 5_000),
    warm: integer("warm", options.warm, 0, { min: 0, max: size }),
    onEvent: options.onEvent,
    timers: options.timers ?? realTimers,
  };
}

/** Ours has to end first: a request that meets the other side's FIN is lost, and nobody knows whether it was handled. */
function idleTimeout<T>(options: PoolOptions<T>): number {
  const own = timeout("idleTimeout", options.idleTimeout, 30_000);
  if (options.upstreamIdleTimeout === undefined) return own;
  const upstream = timeout("upstreamIdleTimeout", options.upstreamIdleTimeout, own);
  const margin = options.idleMargin ?? 2_000;
  if (margin >= 0 && upstream - margin >= 1) return Math.min(own, upstream - margin);
  throw new NetError(
    "ARGUMENT_INVALID",
    `Expected idleMargin to be from 0 and below upstreamIdleTimeout, got ${margin} and ${upstream} ms`,
  );
}
