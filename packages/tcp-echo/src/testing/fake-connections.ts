import { setImmediate as turn } from "node:timers/promises";
import { VirtualTimers } from "@tcpip-workshop/faults";
import { Pool, type PoolCloseReason, type PoolEvent, type PoolOptions } from "../pool/index.ts";

/** A connection without a network: what a pool does to it is written down. */
export interface FakeConnection {
  readonly number: number;
  alive: boolean;
  closed: PoolCloseReason | undefined;
}

/** An `open` that has been asked for and waits for the test's word. */
interface PendingOpen {
  readonly signal: AbortSignal;
  succeed(): FakeConnection;
  fail(error: unknown): void;
}

interface PendingClose {
  readonly connection: FakeConnection;
  succeed(): void;
  fail(error: unknown): void;
}

/** What a pool is handed instead of sockets. Opens and closes at once, or waits for the test's word. */
class FakeConnections {
  readonly opened: FakeConnection[] = [];
  readonly opens: PendingOpen[] = [];
  readonly closes: PendingClose[] = [];
  /** Whether `open` and `close` wait for the test. */
  heldOpen = false;
  heldClose = false;
  /** Times that `open` was called. */
  calls = 0;

  readonly open = (signal: AbortSignal): Promise<FakeConnection> => {
    this.calls++;
    if (!this.heldOpen) return Promise.resolve(this.#next());
    const { promise, resolve, reject } = Promise.withResolvers<FakeConnection>();
    const pending: PendingOpen = {
      signal,
      succeed: () => {
        take(this.opens, pending);
        const connection = this.#next();
        resolve(connection);
        return connection;
      },
      fail: (error) => {
        take(this.opens, pending);
        reject(error);
      },
    };
    this.opens.push(pending);
    return promise;
  };

  readonly close = (connection: FakeConnection, reason: PoolCloseReason): Promise<void> | void => {
    if (connection.closed !== undefined) throw new Error(`Expected ${connection.number} to be closed once`);
    connection.closed = reason;
    if (!this.heldClose) return;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const pending: PendingClose = {
      connection,
      succeed: () => {
        take(this.closes, pending);
        resolve();
      },
      fail: (error) => {
        take(this.closes, pending);
        reject(error);
      },
    };
    this.closes.push(pending);
    return promise;
  };

  readonly isAlive = (connection: FakeConnection): boolean => connection.alive;

  /** Those that are open, by number. */
  get stillOpen(): number[] {
    return this.opened.filter(({ closed }) => closed === undefined).map(({ number }) => number);
  }

  /** All that waits for the test's word has it. */
  settleAll(): void {
    for (const pending of this.opens.slice()) pending.succeed();
    for (const pending of this.closes.slice()) pending.succeed();
  }

  #next(): FakeConnection {
    const connection = { number: this.opened.length + 1, alive: true, closed: undefined };
    this.opened.push(connection);
    return connection;
  }
}

/** A pool of two fakes, its clock, and all that it has told. */
export function fakePool(options: Partial<PoolOptions<FakeConnection>> = {}) {
  const fakes = new FakeConnections();
  const timers = new VirtualTimers();
  const events: PoolEvent[] = [];
  const { open, close, isAlive } = fakes;
  const onEvent = (event: PoolEvent): void => void events.push(event);
  const pool = new Pool<FakeConnection>({ size: 2, open, close, isAlive, timers, onEvent, ...options });
  return { pool, fakes, timers, events };
}

/** Until every promise that can settle has settled. */
export async function settled(): Promise<void> {
  await turn();
}

/** The error's code, or `undefined` when there is none. */
export async function codeOf(work: Promise<unknown>): Promise<unknown> {
  try {
    await work;
    return undefined;
  } catch (error) {
    return (error as { code?: unknown }).code ?? error;
  }
}

function take<T>(list: T[], item: T): void {
  const index = list.indexOf(item);
  if (index < 0) throw new Error("Expected it to be settled once");
  list.splice(index, 1);
}
