// Mistake: believes that to reject a request is all there is to giving up.
// Caught by: lets go of a request that has waited too long
// Tell: The request has given up and still stands in the queue. When its turn comes, it gets the connection,
//   uses it for nobody, or never gives it back. Whoever gives up leaves the queue.
import { once } from "node:events";
import { connect, type Socket } from "node:net";

/** What ends a connection, or one direction of it, and who sent it. */
export type Segment = "FIN by client" | "FIN by server" | "RST by client" | "RST by server";

/**
 * Whose kernel keeps the connection in TIME-WAIT once these segments, and their ACKs, have arrived.
 *
 * @param segments in the order of the wire: each had arrived before the next one was sent
 */
export function timeWaitAt(segments: readonly Segment[]): "client" | "server" | "nobody" {
  const isReset = segments.some((segment) => segment.startsWith("RST"));
  const bothClosed = segments.includes("FIN by client") && segments.includes("FIN by server");
  if (isReset || !bothClosed) return "nobody";
  return segments[0] === "FIN by client" ? "client" : "server";
}

export interface EchoClientOptions {
  /** The server's address. */
  host: string;
  port: number;
  /** So many connections at once, at the most. At least 1. */
  size: number;
  /** Milliseconds that a connection without a request is kept. Shorter than the server's. */
  idleTimeout: number;
  /** Milliseconds that a request waits for its turn. Connecting, and the request itself, are not counted. */
  acquireTimeout: number;
}

/** What went wrong on our side: a closed list. What the system says (`ECONNREFUSED`, `ECONNRESET`) comes as it is. */
export type ClientErrorCode =
  /** No connection became free in `acquireTimeout`. The request was not sent. */
  | "ACQUIRE_TIMEOUT"
  /** The server closed before the reply was whole. It may have done what was asked, or not. */
  | "CONNECTION_LOST"
  /** What came is no echo. */
  | "REPLY_INVALID"
  /** The client was closed before the request was sent. */
  | "CLOSED";

/** `new ClientError("CLOSED", "Expected an open client, got a request after close()")` */
export class ClientError extends Error {
  override readonly name = "ClientError";
  readonly code: ClientErrorCode;

  constructor(code: ClientErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** A request that waits for its turn. */
interface Waiter {
  resolve: (socket: Socket | Promise<Socket>) => void;
  reject: (error: ClientError) => void;
  timer: NodeJS.Timeout;
}

/** Asks an echo server, over at most `size` connections, which are used again and again. */
export class EchoClient {
  readonly #options: EchoClientOptions;
  /** Each takes a place, from `connect` until its "close". */
  readonly #sockets = new Set<Socket>();
  /** Those without a request, the one used last at the end. */
  readonly #idle = new Set<Socket>();
  readonly #waiting: Waiter[] = [];
  #closed = false;

  constructor(options: EchoClientOptions) {
    this.#options = options;
  }

  /**
   * Resolves with the echo of `payload`. Sent once, never again.
   *
   * Rejects with a `ClientError`, or with the socket's error as it is.
   */
  async request(payload: Uint8Array): Promise<Uint8Array> {
    const socket = await this.#borrow();
    try {
      const reply = await exchange(socket, payload);
      this.#giveBack(socket);
      return reply;
    } catch (error) {
      // Half a reply may still come on it. Its place is free at "close".
      socket.destroy();
      throw error;
    }
  }

  /** Ends each connection by FIN, after the request that is under way on it. Resolves when no socket is left. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const { reject, timer } of this.#waiting.splice(0)) {
      clearTimeout(timer);
      reject(closed());
    }
    for (const socket of this.#idle) socket.destroy();
    const open = [...this.#sockets];
    await Promise.all(open.map((socket) => new Promise((resolve) => socket.once("close", resolve))));
  }

  #borrow(): Promise<Socket> {
    if (this.#closed) return Promise.reject(closed());
    // The others get a chance to become too old.
    const lastUsed = [...this.#idle].at(-1);
    if (lastUsed) {
      this.#idle.delete(lastUsed);
      return Promise.resolve(lastUsed.setTimeout(0));
    }
    // No `await` between this look and the place that `#open` takes.
    if (this.#sockets.size < this.#options.size) return this.#open();
    return this.#queue();
  }

  async #open(): Promise<Socket> {
    const { host, port } = this.#options;
    const socket = connect({ host, port, noDelay: true });
    this.#sockets.add(socket);
    // Heard by whoever has the request; here, so that an idle one does not end the process.
    socket.on("error", () => {});
    const discard = (): void => {
      // Off the list at once: "close" comes a little later, and nobody may borrow it meanwhile.
      if (this.#idle.delete(socket)) socket.destroy();
    };
    // An idle connection has nothing to say: FIN or a byte is the end of it. (After RST comes "close" anyway.)
    socket.on("end", discard).on("data", discard).on("timeout", discard);
    // However it ends, this comes, and comes once: the only place where places are given back.
    socket.once("close", () => this.#release(socket));
    await once(socket, "connect");
    return socket;
  }

  #queue(): Promise<Socket> {
    const { promise, resolve, reject } = Promise.withResolvers<Socket>();
    const { acquireTimeout } = this.#options;
    const giveUp = (): void => {
      const message = `Expected a free connection within ${acquireTimeout} ms, got none`;
      reject(new ClientError("ACQUIRE_TIMEOUT", message));
    };
    const waiter: Waiter = { resolve, reject, timer: setTimeout(giveUp, acquireTimeout) };
    this.#waiting.push(waiter);
    return promise;
  }

  /** The request is over, and all is well. */
  #giveBack(socket: Socket): void {
    // The FIN may have come right behind the reply.
    if (!socket.writable || this.#serveNext(() => socket)) return;
    if (this.#closed) {
      socket.destroy();
    } else {
      this.#idle.add(socket);
      socket.setTimeout(this.#options.idleTimeout);
    }
  }

  #release(socket: Socket): void {
    this.#sockets.delete(socket);
    this.#idle.delete(socket);
    this.#serveNext(() => this.#open());
  }

  /** False when nobody waits. */
  #serveNext(connection: () => Socket | Promise<Socket>): boolean {
    const waiter = this.#waiting.shift();
    if (!waiter) return false;
    clearTimeout(waiter.timer);
    const next = connection();
    // Whoever waits hears of a failure by `waiter`.
    Promise.resolve(next).catch(() => {});
    waiter.resolve(next);
    return true;
  }
}

function closed(): ClientError {
  return new ClientError("CLOSED", "Expected an open client, got a request after close()");
}

/**
 * Given, and right: sends one request on a connected socket that nobody else uses, and resolves with its reply. Takes
 * all its listeners off again. Does not close the socket: after a rejection that is for the caller to do.
 *
 * A frame is a length of 4 bytes, big-endian, and the payload (exercise 04). The server sends each frame back.
 *
 * Rejects with the socket's error, or a `ClientError`: `CONNECTION_LOST`, `REPLY_INVALID`.
 */
function exchange(socket: Socket, payload: Uint8Array): Promise<Uint8Array> {
  const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
  const header = Buffer.alloc(4);
  header.writeUInt32BE(payload.length);
  let reply = Buffer.alloc(0);
  const receive = (chunk: Buffer): void => {
    reply = Buffer.concat([reply, chunk]);
    const same = header.subarray(0, reply.length).equals(reply.subarray(0, 4));
    const missing = 4 + payload.length - reply.length;
    if (!same || missing < 0) reject(invalid(payload.length));
    else if (missing === 0) resolve(reply.subarray(4));
  };
  const lose = (): void => {
    reject(new ClientError("CONNECTION_LOST", "Expected a whole reply, got the end of the connection"));
  };
  const listeners = { data: receive, error: reject, end: lose, close: lose };
  for (const [event, listener] of Object.entries(listeners)) socket.on(event, listener);
  socket.write(Buffer.concat([header, payload]), (error) => error && reject(error));
  return promise.finally(() => {
    for (const [event, listener] of Object.entries(listeners)) socket.off(event, listener);
  });
}

function invalid(length: number): ClientError {
  return new ClientError("REPLY_INVALID", `Expected one frame of ${length} bytes, got something else`);
}
