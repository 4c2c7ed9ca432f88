import { createServer, type AddressInfo, type DropArgument, type Server, type Socket } from "node:net";
import { DEFAULT_MAX_FRAME_LENGTH } from "@tcpip-workshop/core/framing";
import type { CloseReason, EchoEvent } from "./echo-event.ts";
import { listen } from "./listen.ts";
import { echoMode, FRAME_LENGTHS, integer, PORTS, timeout, type EchoMode } from "./options.ts";
import { IDLE_LOOKS, ServerConnection, type Closed, type ConnectionSettings } from "./server-connection.ts";

export interface EchoServerOptions {
  /** Address to listen on. Default `127.0.0.1`: only this host. */
  host?: string;
  /** 0, the default, lets the system choose. */
  port?: number;
  /** Default `raw`. */
  mode?: EchoMode;
  /** Connections at a time; one more is accepted and closed at once, and counted. Default 1000. */
  maxConnections?: number;
  /** Longest payload in bytes. Default 1 MiB. */
  maxFrameLength?: number;
  /**
   * After this long without a byte from the peer or taken by it the connection is closed, or up to an eighth later. In ms;
   * default 60,000; Infinity for never.
   */
  idleTimeout?: number;
  /** How long `drain` waits for what is in flight. In ms, 0 for not at all; default 10,000. */
  drainDeadline?: number;
  /** Told everything as it happens. Must not throw. */
  onEvent?: (event: EchoEvent) => void;
}

/** Counted since the start. A connection that is closed is counted under its reason. */
export interface EchoServerStats {
  accepted: number;
  /** Over `maxConnections`: closed at once. */
  dropped: number;
  /** accept(2) failed: no memory, for example. Not told of EMFILE, where libuv accepts and closes by itself. */
  acceptFailed: number;
  closed: Record<CloseReason, number>;
  /** Bytes of the connections that are closed. */
  bytesIn: number;
  bytesOut: number;
}

export interface DrainReport {
  /** Connections that came to their end, and those that the deadline cut. */
  finished: number;
  cut: number;
  /** In ms. */
  duration: number;
}

/**
 * Starts to listen. Throws `ADDRESS_IN_USE`, `ADDRESS_UNAVAILABLE` (not this host's, or not allowed),
 * `ARGUMENT_INVALID` (an option out of range), `CONNECTION_FAILED` (anything else that the system may say).
 */
export async function startEchoServer(options: EchoServerOptions = {}): Promise<EchoServer> {
  const { host = "127.0.0.1", onEvent = () => {} } = options;
  const port = integer("the port", options.port, 0, PORTS);
  const settings: ServerSettings = {
    mode: echoMode(options.mode),
    maxFrameLength: integer(
      "maxFrameLength",
      options.maxFrameLength,
      DEFAULT_MAX_FRAME_LENGTH,
      FRAME_LENGTHS,
    ),
    idleTimeout: timeout("idleTimeout", options.idleTimeout, 60_000),
    maxConnections: integer("maxConnections", options.maxConnections, 1000, CONNECTIONS),
    drainDeadline: drainDeadline(options.drainDeadline, 10_000),
  };
  // Nagle off: an answer must not wait for the acknowledgement of the one before (RFC 9293, section 3.7.4).
  const listener = createServer({ allowHalfOpen: true, noDelay: true });
  const server = new EchoServer(listener, settings, onEvent);
  await listen(listener, { host, port });
  const { address, port: localPort } = server.address;
  onEvent({ event: "listening", protocol: "tcp", localAddress: address, localPort, mode: settings.mode });
  return server;
}

/** A running echo server, of `startEchoServer`. */
export class EchoServer {
  readonly stats: EchoServerStats = {
    accepted: 0,
    dropped: 0,
    acceptFailed: 0,
    closed: { ended: 0, reset: 0, idle: 0, frame: 0, cut: 0, failed: 0 },
    bytesIn: 0,
    bytesOut: 0,
  };
  readonly #listener: Server;
  readonly #settings: ServerSettings;
  readonly #onEvent: (event: EchoEvent) => void;
  readonly #connections = new Set<ServerConnection>();
  readonly #drained = Promise.withResolvers<DrainReport>();
  #address: AddressInfo | undefined;
  #listening = true;
  #draining: { since: number; closedBefore: number; cutBefore: number } | undefined;
  #deadline: NodeJS.Timeout | undefined;
  #looks: NodeJS.Timeout | undefined;

  /** Use `startEchoServer`. */
  constructor(listener: Server, settings: ServerSettings, onEvent: (event: EchoEvent) => void) {
    this.#listener = listener;
    this.#settings = settings;
    this.#onEvent = onEvent;
    listener.maxConnections = settings.maxConnections;
    listener.once("listening", () => {
      this.#address = listener.address() as AddressInfo;
      // from here on an error is one of accept(2)
      listener.on("error", (error) => this.#acceptFailed(error));
      this.#watchIdle(settings.idleTimeout);
    });
    listener.on("connection", (socket) => this.#accept(socket));
    listener.on("drop", (dropped) => this.#drop(dropped));
  }

  /** Where it listens; known also when it is closed. */
  get address(): AddressInfo {
    return this.#address!;
  }

  /** Connections that are open now. */
  get connections(): number {
    return this.#connections.size;
  }

  /**
   * Stops to accept, echoes what is in flight, sends FIN, waits for the peer's, and cuts what is left after `deadline` ms
   * (default `drainDeadline`, 0 for now). In flight is a frame that has begun and all that has reached this host; in raw
   * mode, where nothing says what is whole, also what comes before the peer has been quiet for 100 ms. Ask again with a
   * nearer deadline to shorten it. Throws `ARGUMENT_INVALID`.
   */
  drain(deadline?: number): Promise<DrainReport> {
    const duration = drainDeadline(deadline, this.#settings.drainDeadline);
    if (this.#draining === undefined) this.#stop(duration);
    else if (deadline === undefined) return this.#drained.promise;
    clearTimeout(this.#deadline);
    if (duration === 0) this.#cut();
    else if (this.#connections.size > 0) this.#deadline = setTimeout(() => this.#cut(), duration);
    return this.#drained.promise;
  }

  /** `drain(0)`: closes now. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.drain(0);
  }

  #stop(deadline: number): void {
    const { closed } = this.stats;
    this.#draining = { since: performance.now(), closedBefore: total(closed), cutBefore: closed.cut };
    this.#onEvent({ event: "draining", connections: this.#connections.size, deadline });
    // Also told when the last connection goes, but by Node, before that connection has said how it ended.
    this.#listener.close(() => {
      this.#listening = false;
      this.#reportIfDrained();
    });
    for (const connection of this.#connections) connection.drain();
  }

  #watchIdle(idleTimeout: number): void {
    if (idleTimeout === Number.POSITIVE_INFINITY) return;
    const look = (): void => {
      for (const connection of this.#connections) connection.look();
    };
    this.#looks = setInterval(look, Math.ceil(idleTimeout / IDLE_LOOKS));
  }

  #cut(): void {
    for (const connection of this.#connections) connection.cut();
  }

  #reportIfDrained(): void {
    if (this.#listening || this.#connections.size > 0) return;
    clearTimeout(this.#deadline);
    clearInterval(this.#looks);
    const { since = 0, closedBefore = 0, cutBefore = 0 } = this.#draining ?? {};
    const cut = this.stats.closed.cut - cutBefore;
    const finished = total(this.stats.closed) - closedBefore - cut;
    const report = { finished, cut, duration: Math.round(performance.now() - since) };
    this.#onEvent({ event: "drained", ...report });
    this.#drained.resolve(report);
  }

  #accept(socket: Socket): void {
    this.stats.accepted++;
    const connection = new ServerConnection(socket, this.#settings, (closed) => {
      this.#connections.delete(connection);
      this.#close(closed);
    });
    this.#connections.add(connection);
    this.#onEvent({ event: "connected", ...connection.tuple });
  }

  #close(closed: Closed): void {
    this.stats.closed[closed.reason]++;
    this.stats.bytesIn += closed.bytesIn;
    this.stats.bytesOut += closed.bytesOut;
    this.#onEvent({ event: "closed", ...closed });
    this.#reportIfDrained();
  }

  /** The server goes on. */
  #acceptFailed(error: NodeJS.ErrnoException): void {
    this.stats.acceptFailed++;
    this.#onEvent({ event: "accept-failed", code: error.code ?? "UNKNOWN", message: error.message });
  }

  #drop(dropped: DropArgument | undefined): void {
    this.stats.dropped++;
    const { localAddress = null, localPort = null, remoteAddress = null, remotePort = null } = dropped ?? {};
    const tuple = { localAddress, localPort, remoteAddress, remotePort };
    this.#onEvent({ event: "dropped", protocol: "tcp", ...tuple });
  }
}

interface ServerSettings extends ConnectionSettings {
  /** In ms; Infinity for none. */
  idleTimeout: number;
  maxConnections: number;
  drainDeadline: number;
}

const CONNECTIONS = { min: 1, max: 2 ** 31 - 1 };
const DEADLINES = { min: 0, max: 2 ** 31 - 1 };

function drainDeadline(value: number | undefined, fallback: number): number {
  return integer("the drain's deadline", value, fallback, DEADLINES);
}

function total(counts: Record<string, number>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}
