// Mistake: believes that the event "timeout" closes the socket
// Caught by: gives up with IDLE_TIMEOUT when nothing comes and nothing goes
// Tell: The caller is told of the time-out, and the socket stays for as long as the server likes. Node
//   only tells; `destroy()` is for you to call.

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
  const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
  let socket: Socket | undefined;
  let isOver = false;
  const stop = (error: unknown): void => {
    isOver = true;
    reject(error);
    socket?.destroy();
  };
  const connectClock = clock(connectTimeout, () => {
    stop(new TimeoutError("CONNECT_TIMEOUT", `Expected a connection in ${connectTimeout} ms`));
  });
  const totalClock = clock(totalTimeout, () => {
    stop(new TimeoutError("TOTAL_TIMEOUT", `Expected the reply in ${totalTimeout} ms`));
  });
  const abort = (): void => stop(signal?.reason);
  signal?.addEventListener("abort", abort);
  const dial = (address: string): void => {
    if (isOver) return;
    const chunks: Buffer[] = [];
    const dialled = createConnection({ host: address, port });
    socket = dialled;
    dialled.on("error", stop);
    dialled.once("connect", () => {
      clearTimeout(connectClock);
      dialled.setTimeout(idleTimeout === Number.POSITIVE_INFINITY ? 0 : idleTimeout);
      dialled.end(payload);
    });
    dialled.once("timeout", () => {
      reject(new TimeoutError("IDLE_TIMEOUT", `Expected something every ${idleTimeout} ms`));
    });
    dialled.on("data", (chunk: Buffer) => chunks.push(chunk));
    dialled.once("end", () => resolve(Buffer.concat(chunks)));
  };
  lookup(host).then(dial, stop);
  try {
    return await promise;
  } finally {
    clearTimeout(connectClock);
    clearTimeout(totalClock);
    signal?.removeEventListener("abort", abort);
  }
}

function clock(duration: number, expire: () => void): NodeJS.Timeout | undefined {
  return duration === Number.POSITIVE_INFINITY ? undefined : setTimeout(expire, duration);
}

/** getaddrinfo(3), on a thread of its own. */
async function systemLookup(host: string): Promise<string> {
  const { address } = await lookupAddress(host, 4);
  return address;
}
