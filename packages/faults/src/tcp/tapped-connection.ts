import type { Socket } from "node:net";
import type { WireLog } from "../record.ts";

/**
 * Who ended a connection first, and how. `destroyed by server`: the handler called `destroy()`, for which the kernel
 * sends FIN, or RST when it holds bytes that nobody has read (RFC 2525 §2.17). Other codes are the system's.
 */
export type ConnectionEnd =
  | "FIN by client"
  | "FIN by server"
  | "RST by client"
  | "RST by server"
  | "destroyed by server"
  | (string & {});

/** One connection of a `ConnectionTap`, seen from the server's end. */
export class TappedConnection {
  /** Counted from 1, in the order of arrival. */
  readonly number: number;
  readonly socket: Socket;
  /** How it ended first. A FIN of the client's is seen only by a handler that reads. */
  ended: ConnectionEnd | undefined;
  closed = false;
  readonly #log: WireLog;
  #bytesOut = 0;

  constructor(number: number, socket: Socket, log: WireLog) {
    this.number = number;
    this.socket = socket;
    this.#log = log;
    this.#watch();
  }

  /** Bytes that the handler's socket has read. */
  get bytesIn(): number {
    return this.socket.bytesRead;
  }

  /** Bytes that the kernel has taken from the handler; a `write` counts when it is taken whole. */
  get bytesOut(): number {
    return this.closed ? this.#bytesOut : this.socket.bytesWritten - this.socket.writableLength;
  }

  #watch(): void {
    const { socket } = this;
    socket.on("end", () => this.#end("FIN by client"));
    socket.on("finish", () => this.#end("FIN by server"));
    socket.on("error", (error: NodeJS.ErrnoException) => {
      // An RST that finds us in CLOSE-WAIT is EPIPE to Linux.
      const reset = error.code === "ECONNRESET" || error.code === "EPIPE";
      this.#end(reset ? "RST by client" : (error.code ?? error.message));
    });
    socket.on("close", () => {
      if (this.ended === undefined) this.#end("destroyed by server");
      this.closed = true;
      this.#bytesOut = socket.bytesWritten - socket.writableLength;
      this.#log.add(`closed: ${this.bytesIn} bytes in, ${this.#bytesOut} out`, this.number);
    });
    // Node tells nobody of an RST that we send ourselves
    const reset = socket.resetAndDestroy.bind(socket);
    socket.resetAndDestroy = () => {
      this.#end("RST by server");
      return reset();
    };
  }

  #end(how: ConnectionEnd): void {
    this.ended ??= how;
    this.#log.add(how, this.number);
  }
}
