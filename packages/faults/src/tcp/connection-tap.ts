import { createServer, type Server, type Socket } from "node:net";
import { registerResource } from "../open-resources.ts";
import { type TimelineOptions, type UntilOptions, WireLog, type WireRecord } from "../record.ts";
import { listen } from "./listen.ts";
import { TappedConnection } from "./tapped-connection.ts";

export interface ConnectionTapOptions {
  /** Default 0: the kernel chooses. */
  port?: number;
  /** Default `127.0.0.1`. */
  host?: string;
  /** Node's `allowHalfOpen`: with true a handler has to `end()` itself. Default false. */
  allowHalfOpen?: boolean;
  /** Connections open at once; more are closed on arrival. Default 10,000. */
  maxConnections?: number;
}

/** What the test's server does with a connection. Without one, bytes are read and thrown away. */
export type ConnectionHandler = (socket: Socket, connection: TappedConnection) => void | Promise<void>;

/** A server for tests that counts: connections, the most at once, bytes, and how each one ended. */
export class ConnectionTap implements AsyncDisposable {
  /** Throws `ADDRESS_IN_USE`, `ADDRESS_UNAVAILABLE`, `CONNECTION_FAILED`, `ARGUMENT_INVALID`. */
  static async listen(
    handler: ConnectionHandler = (socket) => void socket.resume(),
    options: ConnectionTapOptions = {},
  ): Promise<ConnectionTap> {
    const tap = new ConnectionTap(handler, options);
    try {
      tap.#port = await listen(tap.#server, options.port ?? 0, options.host ?? "127.0.0.1");
    } catch (error) {
      tap.#release();
      throw error;
    }
    return tap;
  }

  /** Each connection accepted, in order. */
  readonly connections: TappedConnection[] = [];
  /** The most connections that were open at once. */
  peak = 0;
  readonly #log = new WireLog();
  readonly #server: Server;
  readonly #handler: ConnectionHandler;
  readonly #release: () => void;
  #port = 0;
  #disposed = false;
  #failure: unknown;

  private constructor(handler: ConnectionHandler, options: ConnectionTapOptions) {
    this.#handler = handler;
    this.#release = registerResource(() => `ConnectionTap on port ${this.#port}`);
    this.#server = createServer({ allowHalfOpen: options.allowHalfOpen ?? false, noDelay: true }, (socket) =>
      this.#accept(socket),
    );
    this.#server.maxConnections = options.maxConnections ?? 10_000;
    this.#server.on("drop", () => this.#log.add("a connection above the limit closed on arrival"));
  }

  get port(): number {
    return this.#port;
  }

  /** Connections accepted so far. */
  get accepts(): number {
    return this.connections.length;
  }

  /** Connections open now. */
  get open(): number {
    return this.connections.filter((connection) => !connection.closed).length;
  }

  /** Bytes that the handlers' sockets have read, over all connections. */
  get bytesIn(): number {
    return this.connections.reduce((sum, connection) => sum + connection.bytesIn, 0);
  }

  /** Bytes that the kernel has taken from the handlers, over all connections. */
  get bytesOut(): number {
    return this.connections.reduce((sum, connection) => sum + connection.bytesOut, 0);
  }

  get records(): readonly WireRecord[] {
    return this.#log.records;
  }

  timeline(options?: TimelineOptions): string[] {
    return this.#log.timeline(options);
  }

  /** Waits for a state: `tap.until(() => tap.open === 0)`. Throws `TOTAL_TIMEOUT` with the timeline. */
  until(condition: () => boolean, options?: UntilOptions): Promise<void> {
    return this.#log.until(condition, options);
  }

  /** Closes every connection and the port. Throws what a handler threw, first of all: it was the test's own fault. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#log.end();
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const { socket } of this.connections) socket.destroy();
    await closed;
    this.#release();
    if (this.#failure !== undefined) throw this.#failure;
  }

  #accept(socket: Socket): void {
    const connection = new TappedConnection(this.connections.length + 1, socket, this.#log);
    this.connections.push(connection);
    this.peak = Math.max(this.peak, this.open);
    this.#log.add(`accepted from port ${socket.remotePort}`, connection.number);
    void this.#handle(connection);
  }

  async #handle(connection: TappedConnection): Promise<void> {
    try {
      await this.#handler(connection.socket, connection);
    } catch (error) {
      // what fails because we take its socket away is not the handler's fault
      if (this.#disposed) return;
      this.#failure ??= error;
      this.#log.add(`the handler threw: ${String(error)}`, connection.number);
      connection.socket.resetAndDestroy();
    }
  }
}
