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
  // TODO: a socket of node:dgram, and what is to be remembered of the requests it has seen.
  throw new Error("not implemented");
}

/** A client of the server on this port of 127.0.0.1. It may have many requests under way at once. */
export async function connect(port: number, options: ClientOptions = {}): Promise<Client> {
  // TODO: a connected socket, and what is to be remembered of the requests that wait.
  throw new Error("not implemented");
}
