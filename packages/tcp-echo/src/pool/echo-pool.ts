import { connect, type ConnectOptions } from "../connect.ts";
import type { EchoConnection, EchoOptions } from "../echo-connection.ts";
import { totalLimit } from "../total-limit.ts";
import { Pool } from "./pool.ts";
import type { PoolOptions } from "./pool-options.ts";

/** Those of `connect`, where `idleTimeout` is called `replyIdleTimeout`, and those of the pool. */
export interface EchoPoolOptions
  extends
    Omit<ConnectOptions, "idleTimeout" | "totalTimeout" | "deadline" | "signal">,
    Omit<PoolOptions<EchoConnection>, "size" | "open" | "close" | "isAlive" | "openTimeout"> {
  /** Connections at most. Default 8. */
  size?: number;
  /** While a reply is due: for this long not a byte came, and nothing of that request went. In ms; default 30,000. */
  replyIdleTimeout?: number;
}

/**
 * A pool of connections to one echo server. One that the server closes while it is idle leaves the pool when its FIN
 * arrives; one on which a request was given up, or failed, is replaced. No request is ever sent twice.
 */
export class EchoPool extends Pool<EchoConnection> {
  readonly #acquireTimeout: number;

  /** Connects when somebody asks. Throws `ARGUMENT_INVALID`; what is wrong with `host` or `port`, `acquire` tells. */
  constructor(options: EchoPoolOptions) {
    const { acquireTimeout = 10_000, replyIdleTimeout = 30_000, ...rest } = options;
    super({
      size: 8,
      ...rest,
      acquireTimeout,
      // `connect` keeps the time by itself
      openTimeout: Number.POSITIVE_INFINITY,
      open: async (signal) => {
        const connection = await connect({ ...rest, idleTimeout: replyIdleTimeout, signal });
        void connection.closed.then(() => this.remove(connection));
        return connection;
      },
      close: (connection, reason) => {
        // those that are well get the chance to say goodbye
        if (reason !== "idle" && reason !== "closed") connection.destroy();
        return connection.close();
      },
      isAlive: (connection) => connection.open,
    });
    this.#acquireTimeout = acquireTimeout;
  }

  /**
   * Sends the payload on a connection of the pool's and resolves with its echo. The total time-out, in ms and by default
   * 60,000, counts from this call, as `deadline` does. Throws what `acquire` and `EchoConnection.echo` throw; `ACQUIRE_TIMEOUT`, `QUEUE_FULL`
   * and a failure to connect mean that nothing was sent.
   */
  async echo(payload: Uint8Array, options: EchoOptions = {}): Promise<Uint8Array> {
    const { signal } = options;
    const totalTimeout = totalLimit(options, 60_000);
    const started = performance.now();
    const wait = { signal, timeout: Math.min(totalTimeout, this.#acquireTimeout) };
    using lease = await this.acquire(wait);
    const left = Math.max(1, totalTimeout - (performance.now() - started));
    return await lease.connection.echo(payload, { totalTimeout: left, ...(signal && { signal }) });
  }
}
