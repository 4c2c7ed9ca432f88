import { createConnection, type Socket } from "node:net";
import type { Deadline } from "@tcpip-workshop/core/deadline";
import { DEFAULT_MAX_FRAME_LENGTH } from "@tcpip-workshop/core/framing";
import { NetError } from "@tcpip-workshop/core/net-error";
import { EchoConnection } from "./echo-connection.ts";
import { echoMode, FRAME_LENGTHS, integer, PORTS, timeout, type EchoMode } from "./options.ts";
import { systemError } from "./system-error.ts";
import { totalLimit } from "./total-limit.ts";

export interface ConnectOptions {
  /** Address or name. Default `127.0.0.1`. */
  host?: string;
  port: number;
  /** As the server's. Default `raw`. */
  mode?: EchoMode;
  /** Longest payload in bytes, of a frame in either direction. Default 1 MiB. */
  maxFrameLength?: number;
  /** For looking up the name and all of its addresses together. In ms; default 10,000. */
  connectTimeout?: number;
  /** While a reply is due: for this long not a byte came, and nothing of that request went. In ms; default 30,000. */
  idleTimeout?: number;
  /** From the call of `connect` to the end of the connection, however busy. In ms; default Infinity. */
  totalTimeout?: number;
  /** The same as a time of `performance.now()`, handed in from outside; of the two the earlier counts. */
  deadline?: Deadline;
  /** Gives up connecting, with the signal's reason. */
  signal?: AbortSignal;
}

/**
 * Connects to an echo server. A time-out of `Infinity` is none. Behind an error nothing is left: no socket, no timer.
 * (Except that the system ends the look-up of a name in its own time, resolv.conf(5); its result is thrown away.)
 *
 * Throws `CONNECT_TIMEOUT`, `TOTAL_TIMEOUT`, `CONNECTION_REFUSED` (nobody listens there), `CONNECTION_RESET`,
 * `ADDRESS_UNAVAILABLE` (no local port left), `CONNECTION_FAILED` (anything else; `cause` has it), `ARGUMENT_INVALID`,
 * and the signal's reason.
 */
export async function connect(options: ConnectOptions): Promise<EchoConnection> {
  const { host = "127.0.0.1", signal } = options;
  const port = integer("the port", options.port, 0, { ...PORTS, min: 1 });
  const mode = echoMode(options.mode);
  const maxFrameLength = integer(
    "maxFrameLength",
    options.maxFrameLength,
    DEFAULT_MAX_FRAME_LENGTH,
    FRAME_LENGTHS,
  );
  const connectTimeout = timeout("connectTimeout", options.connectTimeout, 10_000);
  const idleTimeout = timeout("idleTimeout", options.idleTimeout, 30_000);
  const totalTimeout = totalLimit(options, Number.POSITIVE_INFINITY);
  signal?.throwIfAborted();

  const started = performance.now();
  const where = `${host} port ${port}`;
  // A request is one write and must not wait for the acknowledgement of the last: Nagle off.
  const socket = createConnection({ host, port, noDelay: true });
  await connected(socket, where, { connectTimeout, totalTimeout, signal });
  // the timer above may have come a little early, but a time-out of 0 or less is none
  const left = Math.max(1, totalTimeout - (performance.now() - started));
  return new EchoConnection(socket, { where, mode, maxFrameLength, idleTimeout, totalTimeout, left });
}

interface Limits {
  connectTimeout: number;
  totalTimeout: number;
  signal: AbortSignal | undefined;
}

async function connected(socket: Socket, where: string, limits: Limits): Promise<void> {
  const { connectTimeout, totalTimeout, signal } = limits;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const limit = Math.min(connectTimeout, totalTimeout);
  const expire = (): void => {
    const code = connectTimeout <= totalTimeout ? "CONNECT_TIMEOUT" : "TOTAL_TIMEOUT";
    reject(new NetError(code, `Expected a connection to ${where} within ${limit} ms, got no answer`));
  };
  const timer = limit === Number.POSITIVE_INFINITY ? undefined : setTimeout(expire, limit);
  const abort = (): void => reject(signal?.reason);
  const fail = (error: Error): void => reject(systemError(`a connection to ${where}`, error));
  signal?.addEventListener("abort", abort, { once: true });
  socket.once("connect", resolve);
  socket.once("error", fail);
  try {
    await promise;
  } catch (error) {
    // `fail` stays on: a socket whose last error nobody hears would end the process
    socket.destroy();
    throw error;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
  }
}
