// Mistake: believes that `socket.setTimeout` is *the* time-out
// Caught by: gives up with CONNECT_TIMEOUT when nobody answers the SYN
// Tell: There is one clock, the idle one, and it runs from the start: in SYN-SENT it fires as well, under a
//   wrong name, and a byte now and then keeps it quiet for ever. Connect and total need clocks of their own.

import { lookup as lookupAddress } from "node:dns/promises";
import { createConnection } from "node:net";

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
  const { host, port, payload, idleTimeout, signal, lookup = systemLookup } = options;
  signal?.throwIfAborted();
  const address = await lookup(host);
  signal?.throwIfAborted();
  const socket = createConnection({ host: address, port });
  const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
  const abort = (): void => reject(signal?.reason);
  signal?.addEventListener("abort", abort);
  const chunks: Buffer[] = [];
  if (idleTimeout !== Number.POSITIVE_INFINITY) {
    socket.setTimeout(idleTimeout, () => {
      reject(new TimeoutError("IDLE_TIMEOUT", `Expected something from ${host} every ${idleTimeout} ms`));
    });
  }
  socket.on("error", reject);
  socket.on("data", (chunk: Buffer) => chunks.push(chunk));
  socket.once("end", () => resolve(Buffer.concat(chunks)));
  socket.end(payload);
  try {
    return await promise;
  } finally {
    signal?.removeEventListener("abort", abort);
    socket.destroy();
  }
}

/** getaddrinfo(3), on a thread of its own. */
async function systemLookup(host: string): Promise<string> {
  const { address } = await lookupAddress(host, 4);
  return address;
}
