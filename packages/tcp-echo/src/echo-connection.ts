import type { Socket } from "node:net";
import type { Deadline } from "@tcpip-workshop/core/deadline";
import { encodeFrame, encodePrefix } from "@tcpip-workshop/core/framing";
import { NetError } from "@tcpip-workshop/core/net-error";
import { PatientTimer } from "./patient-timer.ts";
import type { EchoMode } from "./options.ts";
import { replyReader, type ReplyReader } from "./reply-reader.ts";
import { systemError } from "./system-error.ts";
import { totalLimit } from "./total-limit.ts";

/** Bytes that are handed to the socket at a time: small enough that a slow peer shows progress. */
const PIECE_LENGTH = 65_536;

export interface EchoOptions {
  /** From this call until the reply is whole, requests before it included. In ms; default 60,000, Infinity for none. */
  totalTimeout?: number;
  /** The same as a time of `performance.now()`, handed in from outside; of the two the earlier counts. */
  deadline?: Deadline;
  /** Gives up, with the signal's reason. */
  signal?: AbortSignal;
}

/**
 * A connection to an echo server, of `connect`. Requests may be sent without waiting for replies; replies come in the order
 * of the requests. Whatever fails, also one request alone, ends the connection: which reply belongs to which request would
 * no longer be sure.
 */
export class EchoConnection {
  /** Resolves when the socket is closed, however that came about. */
  readonly closed: Promise<void>;
  readonly #socket: Socket;
  readonly #options: ConnectionOptions;
  readonly #replies: ReplyReader;
  /** Whose replies are due, the next one first. */
  readonly #due: Request[] = [];
  /** How many of them the socket has whole. */
  #sent = 0;
  #error: unknown;
  #closing = false;
  readonly #idle: PatientTimer;
  readonly #total: NodeJS.Timeout | undefined;

  /** Use `connect`. */
  constructor(socket: Socket, options: ConnectionOptions) {
    const { mode, maxFrameLength, idleTimeout, left } = options;
    this.#socket = socket;
    this.#options = options;
    this.#replies = replyReader(mode, maxFrameLength);
    this.#idle = new PatientTimer(() => this.#idled(), idleTimeout);
    this.#total = timer(left, () => this.#fail(this.#late("TOTAL_TIMEOUT", options.totalTimeout)));
    this.closed = new Promise((resolve) => {
      socket.once("close", () => {
        this.#peerEnded();
        this.#stopClocks();
        resolve();
      });
    });
    socket.on("data", (chunk: Buffer) => this.#read(chunk));
    socket.on("drain", () => this.#drained());
    socket.once("end", () => this.#peerEnded());
    socket.on("error", (error) => this.#fail(systemError(`an echo from ${options.where}`, error)));
  }

  /** Whether a request may be sent. */
  get open(): boolean {
    return !this.#closing && this.#error === undefined;
  }

  /** What ended the connection; `undefined` while it is open, and when that was `close`. */
  get error(): unknown {
    return this.#error;
  }

  /**
   * Sends the payload and resolves with its echo, a copy. Leave the payload as it is until then.
   *
   * Throws `IDLE_TIMEOUT`, `TOTAL_TIMEOUT`, `CONNECTION_RESET`, `CONNECTION_CLOSED` (FIN before the reply was whole),
   * `REPLY_INVALID` (bytes that nobody was owed), `FRAME_TOO_LARGE`, `CLOSED` (by `close`, or because another request was
   * given up; `cause` has it), `CONNECTION_FAILED`, and the signal's reason.
   */
  async echo(payload: Uint8Array, options: EchoOptions = {}): Promise<Uint8Array> {
    const { signal } = options;
    const totalTimeout = totalLimit(options, 60_000);
    signal?.throwIfAborted();
    if (this.#error !== undefined) throw this.#error;
    if (this.#closing) throw new NetError("CLOSED", "Expected an open connection, got one that is closing");
    const unsent = this.#encode(payload);
    // in raw mode nothing is nothing: no byte goes, so none comes
    if (unsent.length === 0) return new Uint8Array(0);

    const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
    const request: Request = { unsent, resolve, reject };
    const expire = timer(totalTimeout, () =>
      this.#giveUp(request, this.#late("TOTAL_TIMEOUT", totalTimeout)),
    );
    const abort = (): void => this.#giveUp(request, signal?.reason);
    signal?.addEventListener("abort", abort, { once: true });
    try {
      this.#send(request, payload.length);
      return await promise;
    } finally {
      clearTimeout(expire);
      signal?.removeEventListener("abort", abort);
    }
  }

  /**
   * Takes no more requests, waits for the replies that are due, sends FIN, and waits for the peer's, no longer than for the
   * idle time-out. Resolves when the socket is closed; never throws.
   */
  close(): Promise<void> {
    if (this.open) {
      this.#closing = true;
      this.#idle.refresh();
      this.#pump();
    }
    return this.closed;
  }

  /** Closes now. What is due rejects with `CLOSED`. */
  destroy(): void {
    this.#fail(new NetError("CLOSED", "Expected a reply, got the connection closed by destroy()"));
  }

  /** `close()`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #encode(payload: Uint8Array): Uint8Array[] {
    const { mode, maxFrameLength } = this.#options;
    if (mode === "raw") return payload.length === 0 ? [] : [payload];
    if (payload.length <= PIECE_LENGTH) return [encodeFrame(payload, { maxFrameLength })];
    return [encodePrefix(payload.length, { maxFrameLength }), payload];
  }

  #send(request: Request, length: number): void {
    if (this.#due.length === 0) this.#idle.refresh();
    this.#replies.expect(length);
    this.#due.push(request);
    // the one before is not whole with the socket: `drain` goes on with it
    if (this.#sent === this.#due.length - 1) this.#pump();
  }

  #pump(): void {
    for (let request; (request = this.#due[this.#sent]) !== undefined; this.#sent++) {
      while (request.unsent.length > 0) {
        if (this.#socket.writableNeedDrain) return;
        this.#socket.write(nextPiece(request.unsent));
      }
    }
    if (this.#closing) this.#socket.end();
  }

  #drained(): void {
    // Only the request whose reply is awaited counts as progress: ours behind it could go on for ever.
    if (this.#sent === 0) this.#idle.refresh();
    this.#pump();
  }

  #read(chunk: Uint8Array): void {
    if (this.#error !== undefined) return;
    this.#idle.refresh();
    try {
      for (const reply of this.#replies.push(chunk)) this.#settle(reply);
    } catch (error) {
      this.#fail(error);
    }
  }

  #settle(reply: Uint8Array): void {
    if (this.#sent === 0) {
      throw new NetError("REPLY_INVALID", "Expected no reply before its request was sent, got one");
    }
    this.#sent--;
    this.#due.shift()?.resolve(reply);
  }

  #peerEnded(): void {
    const { length } = this.#due;
    if (this.#closing && length === 0) return;
    const message = `Expected ${length === 0 ? "an open connection" : `${length} more replies`}, got the end of the stream`;
    this.#fail(new NetError("CONNECTION_CLOSED", message));
  }

  #idled(): void {
    if (this.#due.length > 0 || this.#closing)
      this.#fail(this.#late("IDLE_TIMEOUT", this.#options.idleTimeout));
  }

  #late(code: "IDLE_TIMEOUT" | "TOTAL_TIMEOUT", limit: number): NetError {
    const { where } = this.#options;
    const expected =
      code === "IDLE_TIMEOUT"
        ? `a byte from ${where} every ${limit} ms`
        : `the echo from ${where} within ${limit} ms`;
    return new NetError(code, `Expected ${expected}, got ${this.#socket.bytesRead} bytes in all`);
  }

  #giveUp(request: Request, reason: unknown): void {
    request.reject(reason);
    const message = "Expected a reply, got the connection closed: another request on it was given up";
    this.#fail(new NetError("CLOSED", message, { cause: reason }));
  }

  #fail(error: unknown): void {
    if (this.#error !== undefined) return;
    this.#error = error;
    this.#stopClocks();
    for (const request of this.#due.splice(0)) request.reject(error);
    this.#socket.destroy();
  }

  #stopClocks(): void {
    this.#idle.clear();
    clearTimeout(this.#total);
  }
}

interface ConnectionOptions {
  where: string;
  mode: EchoMode;
  maxFrameLength: number;
  idleTimeout: number;
  totalTimeout: number;
  /** What is left of `totalTimeout`. */
  left: number;
}

interface Request {
  /** What the socket does not have yet. */
  unsent: Uint8Array[];
  resolve: (reply: Uint8Array) => void;
  reject: (reason: unknown) => void;
}

function timer(duration: number, expire: () => void): NodeJS.Timeout | undefined {
  return duration === Number.POSITIVE_INFINITY ? undefined : setTimeout(expire, duration);
}

/** Takes up to `PIECE_LENGTH` bytes off `unsent`, which is not empty. */
function nextPiece(unsent: Uint8Array[]): Uint8Array {
  const bytes = unsent[0]!;
  if (bytes.length <= PIECE_LENGTH) unsent.shift();
  else unsent[0] = bytes.subarray(PIECE_LENGTH);
  return bytes.subarray(0, PIECE_LENGTH);
}
