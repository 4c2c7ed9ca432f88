// Mistake: believes that a request which is out cannot be called off
// Caught by: stops when the caller aborts, whatever is under way
// Tell: The signal is listened to until "connect", and the reply is then read to its end, for nobody. Listen
//   until the request has ended.

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

  // Whatever ends the request early rejects this one promise, which every step below is raced against.
  const { promise: givenUp, reject: giveUp } = Promise.withResolvers<never>();
  const where = `${host} port ${port}`;
  const connectClock = clock(connectTimeout, () => {
    giveUp(new TimeoutError("CONNECT_TIMEOUT", `Expected a connection to ${where} in ${connectTimeout} ms`));
  });
  const totalClock = clock(totalTimeout, () => {
    giveUp(new TimeoutError("TOTAL_TIMEOUT", `Expected the reply of ${where} in ${totalTimeout} ms`));
  });
  const abort = (): void => giveUp(signal?.reason);
  signal?.addEventListener("abort", abort);

  let socket: Socket | undefined;
  try {
    // A look-up goes on when it has lost the race, but nobody is here any more to dial what it finds.
    const address = await Promise.race([lookup(host), givenUp]);
    socket = createConnection({ host: address, port });
    // Stays for the socket's life: without a listener, its last error would end the process.
    socket.on("error", giveUp);
    await Promise.race([connected(socket), givenUp]);
    clearTimeout(connectClock);
    signal?.removeEventListener("abort", abort);

    // Not before: it would run while we connect. 0 is none.
    socket.setTimeout(idleTimeout === Number.POSITIVE_INFINITY ? 0 : idleTimeout, () => {
      giveUp(new TimeoutError("IDLE_TIMEOUT", `Expected ${where} to say something every ${idleTimeout} ms`));
    });
    return await Promise.race([exchange(socket, payload), givenUp]);
  } finally {
    // The one way out, for the reply as for all that can go wrong.
    clearTimeout(connectClock);
    clearTimeout(totalClock);
    signal?.removeEventListener("abort", abort);
    socket?.destroy();
  }
}

/** `setTimeout` makes 1 ms of Infinity. */
function clock(duration: number, expire: () => void): NodeJS.Timeout | undefined {
  return duration === Number.POSITIVE_INFINITY ? undefined : setTimeout(expire, duration);
}

async function connected(socket: Socket): Promise<void> {
  await new Promise<void>((resolve) => {
    socket.once("connect", resolve);
  });
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
