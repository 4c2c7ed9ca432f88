// Mistake: believes that the server knows when the payload is over
// Caught by: sends its bytes and then FIN, and collects the reply until the server's FIN
// Tell: `write` sends the bytes and no FIN. A server that works with the whole payload waits for your FIN,
//   and you wait for its reply. `end(payload)` sends both.

import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";

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
  const connections = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    connections.add(socket);
    socket.on("close", () => connections.delete(socket));
    giveBack(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      const closed = once(server, "close");
      server.close();
      for (const socket of connections) if (owesNothing(socket)) socket.destroy();
      await closed;
    },
  };
}

function giveBack(socket: Socket): void {
  socket.on("data", (chunk: Buffer) => {
    if (!socket.write(chunk)) socket.pause();
  });
  socket.on("drain", () => socket.resume());
  socket.on("end", () => socket.end());
  socket.on("error", () => {});
}

/** A client that has had everything may be waiting for hours before it sends again, or sends FIN. */
function owesNothing(socket: Socket): boolean {
  return socket.writableLength === 0;
}

/**
 * Sends `payload` to 127.0.0.1:`port`, then FIN, and collects the reply until the server's FIN. Reads while it writes.
 * However it ends, no socket is left.
 *
 * Rejects with the socket's error as it is (`ECONNREFUSED`, `ECONNRESET`); with an EchoError `ECHO_TRUNCATED` when FIN
 * comes after too few bytes, and with `ECHO_TOO_LONG` as soon as there are too many, without waiting for FIN.
 */
export function echo(port: number, payload: Uint8Array): Promise<Uint8Array> {
  const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
  const socket = connect(port, "127.0.0.1");
  const chunks: Buffer[] = [];
  let received = 0;
  const refuse = (code: EchoErrorCode): void => {
    socket.destroy(new EchoError(code, `Expected ${payload.length} bytes, got ${received}`));
  };
  socket.on("data", (chunk: Buffer) => {
    chunks.push(chunk);
    received += chunk.length;
    if (received > payload.length) refuse("ECHO_TOO_LONG");
  });
  socket.on("end", () => {
    if (received < payload.length) refuse("ECHO_TRUNCATED");
  });
  socket.on("error", reject);
  socket.on("close", () => resolve(Buffer.concat(chunks)));
  socket.write(payload);
  return promise;
}
