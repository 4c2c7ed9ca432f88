/** What is wrong with a reply that is no echo: a closed list. Messages are for people. */
export type EchoErrorCode =
  /** The server's FIN came, and fewer bytes than were sent. */
  | "ECHO_TRUNCATED"
  /** More bytes came than were sent. */
  | "ECHO_TOO_LONG";

/** `new EchoError("ECHO_TRUNCATED", "Expected 5 bytes, got 3 before the server's FIN")` */
export class EchoError extends Error {
  override readonly name = "EchoError";
  readonly code: EchoErrorCode;

  constructor(code: EchoErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

export interface EchoServer {
  /** The port that the kernel chose. */
  port: number;
  /**
   * Refuses new connections at once. Closes connections that owe nothing without waiting for their clients. Lets the
   * others run until their clients have sent FIN and have had everything. Resolves when the last socket is closed.
   */
  close(): Promise<void>;
}

/**
 * Listens on 127.0.0.1, at a port of the kernel's choice, and gives every client its own bytes back, in order, as they
 * come. Holds no more than about 200 KiB of one connection itself: who does not read is not read from. To a client's
 * FIN it answers with what it owes, and then its own FIN. An RST ends one connection, never the server.
 */
export async function startEchoServer(): Promise<EchoServer> {
  // TODO: `createServer` and `connect` are in "node:net".
  throw new Error("not implemented");
}

/**
 * Sends `payload` to 127.0.0.1:`port`, then FIN, and collects the reply until the server's FIN. Reads while it writes.
 * However it ends, no socket is left.
 *
 * Rejects with the socket's error as it is (`ECONNREFUSED`, `ECONNRESET`); with an EchoError `ECHO_TRUNCATED` when FIN
 * comes after too few bytes, and with `ECHO_TOO_LONG` as soon as there are too many, without waiting for FIN.
 */
export async function echo(port: number, payload: Uint8Array): Promise<Uint8Array> {
  // TODO
  throw new Error("not implemented");
}
