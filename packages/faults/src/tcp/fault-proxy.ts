import { connect, createServer, type Server, type Socket } from "node:net";
import { NetError } from "@tcpip-workshop/core/net-error";
import { registerResource } from "../open-resources.ts";
import { type TimelineOptions, type UntilOptions, WireLog, type WireRecord } from "../record.ts";
import { realTimers, type Timers } from "../timers.ts";
import { lengthPrefixed, type Boundary } from "./boundary.ts";
import { expectFault, faultsOf, type Fault, type FaultPlan } from "./fault.ts";
import { listen } from "./listen.ts";
import { ProxiedConnection } from "./proxied-connection.ts";

/** Where the server listens. */
export interface ProxyTarget {
  port: number;
  /** Default `127.0.0.1`. */
  host?: string;
}

export interface FaultProxyOptions {
  /** In the order in which bytes meet them. Default none. */
  faults?: FaultPlan;
  /** How requests and replies are told apart. Default core's frames, `lengthPrefixed()`. */
  boundary?: Boundary;
  /** The clock of latency, gaps, bandwidth. Default the real one. */
  timers?: Timers;
  /** Default 0: the kernel chooses. */
  port?: number;
  /** Default `127.0.0.1`. */
  host?: string;
  /** Bytes that a direction with faults holds before it no longer reads. Default 1 MiB. */
  buffer?: number;
  /** Connections open at once; more are closed on arrival. Default 1,000. */
  maxConnections?: number;
  /** Milliseconds for the handshake with the server, then RST to the client. Default 10,000. */
  connectTimeout?: number;
}

/**
 * A TCP proxy that does to a connection what networks do. Bytes, FIN and RST come out as they went in, unless a fault
 * says otherwise; each fault leaves a record.
 */
export class FaultProxy implements AsyncDisposable {
  /** Throws `ADDRESS_IN_USE`, `ADDRESS_UNAVAILABLE`, `CONNECTION_FAILED`, `ARGUMENT_INVALID` (ports, faults). */
  static async start(target: ProxyTarget, options: FaultProxyOptions = {}): Promise<FaultProxy> {
    const proxy = new FaultProxy(target, options);
    try {
      proxy.#port = await listen(proxy.#server, options.port ?? 0, proxy.#host);
    } catch (error) {
      proxy.#release();
      throw error;
    }
    return proxy;
  }

  /** Each connection accepted, in order. */
  readonly connections: ProxiedConnection[] = [];
  readonly #target: Required<ProxyTarget>;
  readonly #options: FaultProxyOptions;
  readonly #timers: Timers;
  readonly #log: WireLog;
  readonly #server: Server;
  readonly #host: string;
  readonly #release: () => void;
  readonly #added: Fault[] = [];
  #removed = new Set<Fault>();
  #port = 0;
  #disposed = false;

  private constructor(target: ProxyTarget, options: FaultProxyOptions) {
    if (!Number.isInteger(target.port) || target.port < 1 || target.port > 65_535) {
      throw new NetError("ARGUMENT_INVALID", `Expected a port from 1 to 65535, got ${target.port}`);
    }
    if (Array.isArray(options.faults)) faultsOf(options.faults, 1);
    this.#target = { host: target.host ?? "127.0.0.1", port: target.port };
    this.#options = options;
    this.#timers = options.timers ?? realTimers;
    this.#log = new WireLog(() => this.#timers.now());
    this.#host = options.host ?? "127.0.0.1";
    this.#release = registerResource(() => `FaultProxy on port ${this.#port} to ${target.port}`);
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => this.#accept(client));
    this.#server.maxConnections = options.maxConnections ?? 1_000;
    this.#server.on("drop", () => this.#log.add("a connection above the limit closed on arrival"));
  }

  get port(): number {
    return this.#port;
  }

  get records(): readonly WireRecord[] {
    return this.#log.records;
  }

  timeline(options?: TimelineOptions): string[] {
    return this.#log.timeline(options);
  }

  /** Waits for a state: `proxy.until(() => proxy.saw("cut"))`. Throws `TOTAL_TIMEOUT` with the timeline. */
  until(condition: () => boolean, options?: UntilOptions): Promise<void> {
    return this.#log.until(condition, options);
  }

  /** Whether a record says this: that the fault has happened. */
  saw(what: string | RegExp): boolean {
    return this.records.some((record) =>
      typeof what === "string" ? record.what.includes(what) : what.test(record.what),
    );
  }

  /**
   * One more fault, behind the others, on the open connections and those to come. On an open one bytes and messages
   * count from here, so it should stand between two messages. Throws `ARGUMENT_INVALID`.
   */
  add(fault: Fault): void {
    this.#added.push(expectFault(fault));
    this.#removed.delete(fault);
    this.#log.add(`fault added: ${JSON.stringify(fault)}`, fault.connection);
    for (const connection of this.connections) if (!connection.closed) connection.add(fault);
  }

  /** Takes away a fault, the very object that was planned or added. What it held goes on at once. */
  remove(fault: Fault): void {
    const index = this.#added.indexOf(fault);
    if (index >= 0) this.#added.splice(index, 1);
    else this.#removed.add(fault);
    this.#log.add(`fault removed: ${JSON.stringify(fault)}`, fault.connection);
    for (const connection of this.connections) connection.remove(fault);
  }

  /** The service is gone: RST to the open connections, and new ones are refused (RST to their SYN) until `up`. */
  async down(): Promise<void> {
    if (!this.#server.listening) return;
    this.#log.add("down");
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const connection of this.connections) if (!connection.closed) connection.reset("down, RST");
    await closed;
  }

  /** Listens again, on the same port. Throws `ADDRESS_IN_USE` when someone else has taken it. */
  async up(): Promise<void> {
    if (this.#disposed) throw new NetError("CLOSED", "Expected a proxy in use, got one that is disposed of");
    if (this.#server.listening) return;
    await listen(this.#server, this.#port, this.#host);
    this.#log.add("up");
  }

  /** Closes every connection, unasked, and the port. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#log.end();
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const connection of this.connections) connection.destroy();
    await closed;
    await this.#log.until(() => this.connections.every((connection) => connection.closed));
    this.#release();
  }

  #accept(client: Socket): void {
    const number = this.connections.length + 1;
    const server = connect({ ...this.#target, allowHalfOpen: true, noDelay: true });
    this.#log.add(`accepted from port ${client.remotePort}`, number);
    const connection = new ProxiedConnection({
      number,
      client,
      server,
      log: this.#log,
      timers: this.#timers,
      boundary: this.#options.boundary ?? lengthPrefixed(),
      buffer: this.#options.buffer ?? 2 ** 20,
    });
    this.connections.push(connection);
    const limit = this.#options.connectTimeout ?? 10_000;
    const timer = setTimeout(() => {
      connection.reset(`no SYN-ACK from the server in ${limit} ms, RST`);
      // resetAndDestroy() would wait for the handshake
      server.destroy();
    }, limit);
    server.once("connect", () => clearTimeout(timer)).once("close", () => clearTimeout(timer));
    this.#applyFaults(connection);
  }

  #applyFaults(connection: ProxiedConnection): void {
    let faults: Fault[];
    try {
      faults = faultsOf(this.#options.faults ?? [], connection.number);
    } catch (error) {
      // the plan's function is at fault: there is nobody here to throw at, so nothing may pass as if all were well
      return connection.reset(`no plan: ${String(error)}; RST`);
    }
    for (const fault of [...faults, ...this.#added]) if (!this.#removed.has(fault)) connection.add(fault);
  }
}
