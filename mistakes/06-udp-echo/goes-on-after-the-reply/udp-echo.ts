// Mistake: believes that a wait that rejects is a wait that is over
// Caught by: puts an id of its own in front of each payload, and returns the reply's payload
// Tell: Your wait ended because you aborted it, and the loop sent again: each request that is answered costs
//   one datagram more. Look at the signal after each wait, before you send.

import { randomInt } from "node:crypto";
import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { once } from "node:events";
import { setTimeout } from "node:timers/promises";

/** Bytes of the id in front of every payload, in requests and in replies. */
export const HEADER_LENGTH = 4;

/** What went wrong, for programs: a closed list. Errors of the system (`EMSGSIZE`, `ECONNREFUSED`) pass as they are. */
export type UdpEchoErrorCode =
  /** No reply came, and there is no attempt or no time left. */
  | "NO_REPLY"
  /** The client is closed, or was closed while the request waited. */
  | "CLOSED";

/** `new UdpEchoError("NO_REPLY", "Expected a reply, got none to 5 datagrams")` */
export class UdpEchoError extends Error {
  override readonly name = "UdpEchoError";
  readonly code: UdpEchoErrorCode;

  constructor(code: UdpEchoErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

export interface ServerOptions {
  /** Does the work: a request's payload in, the reply's payload out. Default: the payload as it came. */
  handle?: (payload: Uint8Array) => Uint8Array | Promise<Uint8Array>;
  /** How many requests the server remembers, with their replies. Default 1024. */
  window?: number;
}

export interface EchoServer {
  port: number;
  /** Closes the socket. What `handle` has not finished is not answered any more. */
  close(): Promise<void>;
}

/** Waits so many milliseconds; when the signal aborts it stops waiting, and rejects. */
export type Wait = (milliseconds: number, signal: AbortSignal) => Promise<unknown>;

/** The client's `wait` unless it is given another one. */
export const realWait: Wait = (milliseconds, signal) => setTimeout(milliseconds, undefined, { signal });

export interface ClientOptions {
  /** How many times a request is sent at the most. Default 5. */
  attempts?: number;
  /** The longest wait after the first attempt, in milliseconds; it doubles with each attempt. Default 1000. */
  firstWait?: number;
  /** Every wait of the client goes through this. Default `realWait`. */
  wait?: Wait;
}

export interface RequestOptions {
  /** The most milliseconds that one request may wait, all its waits together. Default 30,000. */
  deadline?: number;
}

export interface Client {
  /**
   * Sends the payload and returns the reply's payload.
   *
   * Throws a UdpEchoError `NO_REPLY` or `CLOSED`, and what the system says of the socket as it comes.
   */
  request(payload: Uint8Array, options?: RequestOptions): Promise<Uint8Array>;
  /** Closes the socket. Requests that wait are rejected with `CLOSED`. */
  close(): Promise<void>;
}

/** A server on a free UDP port of 127.0.0.1. It does the work of each request once, however often the request comes. */
export async function startEchoServer(options: ServerOptions = {}): Promise<EchoServer> {
  const { handle = (payload) => payload, window = 1024 } = options;
  const socket = createSocket("udp4");
  // Promises, not replies: a copy that comes while the first one is still being worked on finds it here too.
  const replies = new Map<string, Promise<Uint8Array>>();

  const replyTo = (key: string, payload: Uint8Array): Promise<Uint8Array> => {
    const known = replies.get(key);
    if (known) return known;
    const reply = (async () => handle(payload))();
    replies.set(key, reply);
    const [oldest] = replies.keys(); // a Map keeps the order of insertion
    if (replies.size > window && oldest !== undefined) replies.delete(oldest);
    return reply;
  };

  const answer = async (datagram: Buffer, { address, port }: RemoteInfo): Promise<void> => {
    if (datagram.length < HEADER_LENGTH) return; // no id to answer under
    const id = datagram.readUInt32BE(0);
    // Ids are the clients' own: two of them may well use the same one.
    const key = `${address}:${port} ${id}`;
    try {
      const reply = await replyTo(key, datagram.subarray(HEADER_LENGTH));
      socket.send(encode(id, reply), port, address, () => {}); // a lost reply is what retries are for
    } catch {
      // Nothing is sent, so the client comes again, and then it is tried again. (Or the socket has been closed meanwhile.)
      replies.delete(key);
    }
  };

  socket.on("message", (datagram, sender) => void answer(datagram, sender));
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  return { port: socket.address().port, close: () => closed(socket) };
}

/** A client of the server on this port of 127.0.0.1. It may have many requests under way at once. */
export async function connect(port: number, options: ClientOptions = {}): Promise<Client> {
  const socket = createSocket("udp4");
  // From now on the kernel drops what others send, and tells us when nobody listens there.
  socket.connect(port, "127.0.0.1");
  await once(socket, "connect");
  return new UdpClient(socket, options);
}

class UdpClient implements Client {
  readonly #socket: Socket;
  readonly #attempts: number;
  readonly #firstWait: number;
  readonly #wait: Wait;
  readonly #waiting = new Map<number, PromiseWithResolvers<Uint8Array>>();
  // Not 0: whoever has this port after us must not get the replies that the server kept for us.
  #lastId = randomInt(2 ** 32);
  #isClosed = false;

  constructor(socket: Socket, { attempts = 5, firstWait = 1000, wait = realWait }: ClientOptions) {
    this.#socket = socket;
    this.#attempts = attempts;
    this.#firstWait = firstWait;
    this.#wait = wait;
    socket.on("message", (datagram) => this.#receive(datagram));
    // ICMP said that nobody listens: the kernel does not tell which datagram it was, so it is all of them.
    socket.on("error", (error) => this.#rejectAll(error));
  }

  async request(payload: Uint8Array, { deadline = 30_000 }: RequestOptions = {}): Promise<Uint8Array> {
    if (this.#isClosed) throw new UdpEchoError("CLOSED", "Expected an open client, got one that is closed");
    this.#lastId = (this.#lastId + 1) % 2 ** 32;
    const id = this.#lastId;
    const reply = Promise.withResolvers<Uint8Array>();
    this.#waiting.set(id, reply);
    const over = new AbortController();
    try {
      return await Promise.race([
        reply.promise,
        this.#sendRepeatedly(encode(id, payload), deadline, over.signal),
      ]);
    } catch (error) {
      over.abort(error);
      throw error;
    } finally {
      this.#waiting.delete(id);
      over.abort(); // ends the wait under way, and with it the attempts
    }
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#rejectAll(new UdpEchoError("CLOSED", "Expected a reply, but the client was closed first"));
    await closed(this.#socket);
  }

  /** Never resolves: the reply, when it comes, ends it by the signal. */
  async #sendRepeatedly(datagram: Uint8Array, deadline: number, signal: AbortSignal): Promise<never> {
    let left = deadline;
    let sent = 0;
    for (; sent < this.#attempts && left > 0; sent++) {
      await this.#send(datagram); // the same one each time, id and all
      if (signal.aborted) break;
      const longest = this.#firstWait * 2 ** sent;
      const milliseconds = Math.min(left, longest / 2 + (Math.random() * longest) / 2);
      left -= milliseconds;
      await this.#wait(milliseconds, signal).catch(() => {
        const reason = signal.reason as Error;
        if (reason.name !== "AbortError") throw reason;
      });
    }
    throw new UdpEchoError("NO_REPLY", `Expected a reply, got none to ${sent} datagrams`);
  }

  #send(datagram: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#socket.send(datagram, (error) => (error ? reject(error) : resolve()));
    });
  }

  /** Late and repeated replies find nobody waiting under their id. */
  #receive(datagram: Buffer): void {
    if (datagram.length < HEADER_LENGTH) return;
    this.#waiting.get(datagram.readUInt32BE(0))?.resolve(datagram.subarray(HEADER_LENGTH));
  }

  #rejectAll(reason: Error): void {
    for (const { reject } of this.#waiting.values()) reject(reason);
  }
}

function encode(id: number, payload: Uint8Array): Uint8Array {
  const datagram = new Uint8Array(HEADER_LENGTH + payload.length);
  new DataView(datagram.buffer).setUint32(0, id);
  datagram.set(payload, HEADER_LENGTH);
  return datagram;
}

function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.close(resolve);
  });
}
