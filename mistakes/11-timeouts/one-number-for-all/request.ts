// Mistake: believes that one clock will do, with the smallest of the three numbers
// Caught by: gives up with CONNECT_TIMEOUT when nobody answers the SYN
// Tell: One clock runs from the call with the smallest limit, and its name is chosen by what is under way when
//   it fires: too early for a handshake, and for a healthy reply that keeps coming. Three limits are three clocks,
//   and each begins and ends on its own.

import { lookup as lookupAddress } from "node:dns/promises";
import { createConnection, type Socket } from "node:net";

/** Which of the three limits was reached, for programs: a closed list. Messages are for people. */
export type TimeoutCode =
  /** No connection: the name was not looked up, or the SYN not answered. */
  | "CONNECT_TIMEOUT"
  /** Connected, and then nothing came or went for too long. */
  | "IDLE_TIMEOUT"
  /** The whole took too long, however busy it was. */
  | "TOTAL_TIMEOUT";

/** `new TimeoutError("IDLE_TIMEOUT", "Expected a byte from stock port 7070 every 200 ms, got 5 in all")` */
export class TimeoutError extends Error {
  override readonly name = "TimeoutError";
  readonly code: TimeoutCode;

  constructor(code: TimeoutCode, message: string) {
    super(message);
    this.code = code;
  }
}

export interface RequestOptions {
  /** A name, or an IPv4 address. */
  host: string;
  port: number;
  /** What is sent; FIN follows it. */
  payload: Uint8Array;
  /** From the call until there is a connection, the look-up included. In ms: 1 to 2^31 - 1, or Infinity for none. */
  connectTimeout: number;
  /** From the connection on: for so long no byte came, and none of ours went. In ms, as above. */
  idleTimeout: number;
  /** From the call until the reply is there. In ms, as above. */
  totalTimeout: number;
  /** Gives up, with the signal's reason. */
  signal?: AbortSignal;
  /** Finds the address of `host`, also where that is an address. It can't be called off. Default: the system's. */
  lookup?: (host: string) => Promise<string>;
}

/**
 * Connects, sends the payload and FIN, and resolves with all that comes before the server's FIN.
 *
 * Rejects with a `TimeoutError`, with the signal's reason, or with the look-up's or the system's error (`ECONNREFUSED`,
 * `ECONNRESET`). However it ends, then no timer and no socket is left, and none will come.
 */
export async function request(options: RequestOptions): Promise<Uint8Array> {
  const { host, port, payload, connectTimeout, idleTimeout, totalTimeout, signal } = options;
  const { lookup = systemLookup } = options;
  signal?.throwIfAborted();

  const { promise: givenUp, reject: giveUp } = Promise.withResolvers<never>();
  const limit = Math.min(connectTimeout, idleTimeout, totalTimeout);
  let socket: Socket | undefined;
  const expire = (): void => {
    const code =
      limit === totalTimeout
        ? "TOTAL_TIMEOUT"
        : socket === undefined || socket.connecting
          ? "CONNECT_TIMEOUT"
          : "IDLE_TIMEOUT";
    giveUp(new TimeoutError(code, `Expected an answer of ${host} in ${limit} ms`));
  };
  const timer = limit === Number.POSITIVE_INFINITY ? undefined : setTimeout(expire, limit);
  const abort = (): void => giveUp(signal?.reason);
  signal?.addEventListener("abort", abort);

  try {
    const address = await Promise.race([lookup(host), givenUp]);
    socket = createConnection({ host: address, port });
    socket.on("error", giveUp);
    return await Promise.race([exchange(socket, payload), givenUp]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
    socket?.destroy();
  }
}

async function exchange(socket: Socket, payload: Uint8Array): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  socket.on("data", (chunk: Buffer) => chunks.push(chunk));
  socket.end(payload);
  await new Promise<void>((resolve) => {
    socket.once("end", resolve);
  });
  return Buffer.concat(chunks);
}

/** getaddrinfo(3), on a thread of its own. */
async function systemLookup(host: string): Promise<string> {
  const { address } = await lookupAddress(host, 4);
  return address;
}
