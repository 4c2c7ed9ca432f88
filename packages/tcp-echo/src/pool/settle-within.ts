import { NetError } from "@tcpip-workshop/core/net-error";
import type { Timers } from "./timers.ts";

interface OpenLimits<T> {
  /** In ms, or Infinity. */
  timeout: number;
  timers: Timers;
  /** The pool is closing. */
  closing: AbortSignal;
  /** Gets a connection that comes when the promise is rejected already. */
  late: (connection: T) => void;
}

/**
 * Opens a connection and is done in time, whether or not `open` heeds its signal. Throws what `open` throws, the reason of
 * `closing`, and `CONNECT_TIMEOUT`.
 */
export function openWithin<T>(
  open: (signal: AbortSignal) => Promise<T> | T,
  { timeout, timers, closing, late }: OpenLimits<T>,
): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const controller = new AbortController();
  let pending = true;
  const giveUp = (reason: unknown): void => {
    end();
    reject(reason);
    controller.abort(reason);
  };
  const expire = (): void => {
    giveUp(new NetError("CONNECT_TIMEOUT", `Expected a connection within ${timeout} ms, got none`));
  };
  const abort = (): void => giveUp(closing.reason);
  const timer = timeout === Number.POSITIVE_INFINITY ? undefined : timers.setTimeout(expire, timeout);
  closing.addEventListener("abort", abort, { once: true });
  const end = (): void => {
    pending = false;
    timers.clearTimeout(timer);
    closing.removeEventListener("abort", abort);
  };
  const opened = (connection: T): void => {
    if (!pending) return late(connection);
    end();
    resolve(connection);
  };
  const failed = (error: unknown): void => {
    if (!pending) return;
    end();
    reject(error);
  };
  attempt(() => open(controller.signal)).then(opened, failed);
  return promise;
}

/** Settles with the work, or when its time is over: then with `TOTAL_TIMEOUT`. */
export function closeWithin(work: Promise<void>, timeout: number, timers: Timers): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const expire = (): void => {
    reject(
      new NetError("TOTAL_TIMEOUT", `Expected the connection closed within ${timeout} ms, got it still open`),
    );
  };
  const timer = timeout === Number.POSITIVE_INFINITY ? undefined : timers.setTimeout(expire, timeout);
  work.then(resolve, reject).finally(() => timers.clearTimeout(timer));
  return promise;
}

async function attempt<T>(work: () => Promise<T> | T): Promise<T> {
  return work();
}
