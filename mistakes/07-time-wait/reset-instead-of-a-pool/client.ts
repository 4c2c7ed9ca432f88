// Mistake: believes that RST is the cure for TIME-WAIT.
// Caught by: sends 200 requests, one after another, over one connection
// Tell: RST leaves no TIME-WAIT, and no guarantee: what is on its way is lost, and the server logs an error
//   for each request. A connection that is not closed needs neither.
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

/** Asks an echo server. At most `size` connections at once. */
export class EchoClient {
  readonly #options: EchoClientOptions;
  readonly #waiting: (() => void)[] = [];
  #open = 0;

  constructor(options: EchoClientOptions) {
    this.#options = options;
  }

  async request(payload: Uint8Array): Promise<Uint8Array> {
    const { host, port, size } = this.#options;
    if (this.#open < size) this.#open++;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    const socket = connect({ host, port });
    socket.on("error", () => {});
    try {
      await once(socket, "connect");
      return await exchange(socket, payload);
    } finally {
      // No FIN, no TIME-WAIT.
      socket.resetAndDestroy();
      const next = this.#waiting.shift();
      if (next) next();
      else this.#open--;
    }
  }

  async close(): Promise<void> {
    // Nothing stays open.
  }
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
