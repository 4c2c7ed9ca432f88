import { connect, type Socket } from "node:net";
import { NetError } from "@tcpip-workshop/core/net-error";
import { registerResource } from "../open-resources.ts";
import { type TimelineOptions, type UntilOptions, WireLog, type WireRecord } from "../record.ts";

export interface ScriptedPeerOptions {
  /** Default `127.0.0.1`. */
  host?: string;
  /** Keep what is received, for `bytes`; false only counts. Default true. */
  keep?: boolean;
  /** Bytes kept at most; beyond, they are only counted, and a record says so. Default 64 MiB. */
  maxKept?: number;
  /** Milliseconds for the handshake. Default 10,000. */
  connectTimeout?: number;
  /** Default true: each `send` is a segment at once, Nagle does not wait (RFC 9293 §3.7.4). */
  noDelay?: boolean;
}

/**
 * A client that does what the test says and nothing else: it never answers a FIN with its own, never retries, never
 * throws for what the other side does. What it saw can be read at any moment.
 */
export class ScriptedPeer implements AsyncDisposable {
  /**
   * A server that resets at once may do so before Node has looked at the new connection: the peer is then `ended` from
   * the start, by `"RST"`, with no `localPort` and without the bytes that came in front of it.
   *
   * Throws `CONNECTION_REFUSED`, `CONNECT_TIMEOUT` (SYNs unanswered), `CONNECTION_FAILED`, `ARGUMENT_INVALID` (port).
   */
  static async connect(port: number, options: ScriptedPeerOptions = {}): Promise<ScriptedPeer> {
    const peer = new ScriptedPeer(port, options);
    try {
      await peer.#connected(options.connectTimeout ?? 10_000);
    } catch (error) {
      await peer[Symbol.asyncDispose]();
      throw error;
    }
    return peer;
  }

  /** The server's port. */
  readonly port: number;
  /** How the other side ended its direction first: `"FIN"`, `"RST"`, or the system's code (`"ETIMEDOUT"`). */
  ended: "FIN" | "RST" | (string & {}) | undefined;
  /** Both directions are over and the descriptor is given back. */
  closed = false;
  /** Bytes read so far. */
  receivedBytes = 0;
  readonly #log = new WireLog();
  readonly #socket: Socket;
  readonly #chunks: Uint8Array[] = [];
  readonly #maxKept: number;
  readonly #release: () => void;
  #kept = 0;
  #sent = 0;
  #localPort = 0;
  #said: "nothing" | "FIN" | "RST" = "nothing";

  private constructor(port: number, options: ScriptedPeerOptions) {
    if (!Number.isInteger(port) || port < 1 || port > 65_535) {
      throw new NetError("ARGUMENT_INVALID", `Expected a port from 1 to 65535, got ${port}`);
    }
    this.port = port;
    this.#maxKept = options.keep === false ? 0 : (options.maxKept ?? 64 * 2 ** 20);
    const says = options.keep !== false;
    this.#release = registerResource(() => `ScriptedPeer from port ${this.#localPort} to ${port}`);
    this.#socket = connect({
      port,
      host: options.host ?? "127.0.0.1",
      noDelay: options.noDelay ?? true,
      // else Node would answer a FIN with its own
      allowHalfOpen: true,
      // With a buffer of ours pause() stops reading at once; a stream would first read 64 KiB more.
      onread: {
        buffer: Buffer.allocUnsafe(64 * 1024),
        callback: (length, buffer) => {
          this.#received(buffer.subarray(0, length), says);
          return true;
        },
      },
    });
    this.#watch();
  }

  /** What has been received, as far as it is kept. */
  get bytes(): Uint8Array {
    const whole = Buffer.concat(this.#chunks);
    this.#chunks.splice(0, this.#chunks.length, whole);
    return new Uint8Array(whole.buffer, whole.byteOffset, whole.length).slice();
  }

  /** Bytes that the kernel has taken. A `send` counts when the kernel has taken all of it. */
  get sentBytes(): number {
    return this.#sent;
  }

  /** 0 until connected. */
  get localPort(): number {
    return this.#localPort;
  }

  get records(): readonly WireRecord[] {
    return this.#log.records;
  }

  timeline(options?: TimelineOptions): string[] {
    return this.#log.timeline(options);
  }

  /** Waits for a state: `peer.until(() => peer.receivedBytes >= 5)`. Throws `TOTAL_TIMEOUT` with the timeline. */
  until(condition: () => boolean, options?: UntilOptions): Promise<void> {
    return this.#log.until(condition, options);
  }

  /**
   * Hands bytes to the kernel and returns what `write` returned: false when they wait for room. A connection that the
   * other side has reset takes nothing: false, and a record. Throws `CLOSED` after `end` and `reset`.
   */
  send(bytes: Uint8Array | string): boolean {
    if (this.#said !== "nothing") {
      throw new NetError("CLOSED", `Expected nothing to send after ${this.#said}, got ${bytes.length} bytes`);
    }
    const length = Buffer.byteLength(bytes);
    if (this.#socket.destroyed) {
      this.#log.add(`${length} bytes not sent: the connection is gone`);
      return false;
    }
    this.#log.add(`sends ${length} bytes`);
    return this.#socket.write(bytes, (error) => {
      if (error) return;
      this.#sent += length;
      this.#log.changed();
    });
  }

  /** Sends FIN behind what was sent: our direction is over, the other goes on. */
  end(): void {
    if (this.#said !== "nothing") return;
    this.#said = "FIN";
    this.#log.add("sends FIN");
    this.#socket.end();
  }

  /** Sends RST: what was not yet sent is lost. */
  reset(): void {
    if (this.#said === "RST") return;
    this.#said = "RST";
    this.#log.add("sends RST");
    this.#socket.resetAndDestroy();
  }

  /** Stops reading: the kernel's buffer fills and its window closes. FIN and RST go unseen until `resume`. */
  pause(): void {
    this.#log.add("stops reading");
    this.#socket.pause();
  }

  resume(): void {
    this.#log.add("reads again");
    this.#socket.resume();
  }

  /** Closes at once, unasked. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#log.end();
    this.#socket.destroy();
    await this.#log.until(() => this.closed);
    this.#release();
  }

  #watch(): void {
    const socket = this.#socket;
    socket.on("end", () => {
      this.ended ??= "FIN";
      this.#log.add("FIN came");
    });
    socket.on("error", (error: NodeJS.ErrnoException) => {
      // An RST that finds us in CLOSE-WAIT is EPIPE to Linux.
      const reset = error.code === "ECONNRESET" || error.code === "EPIPE";
      this.ended ??= reset ? "RST" : (error.code ?? error.message);
      this.#log.add(reset ? `RST came (${error.code})` : error.message);
    });
    socket.on("close", () => {
      this.closed = true;
      this.#log.changed();
    });
  }

  async #connected(timeout: number): Promise<void> {
    let failure: NodeJS.ErrnoException | undefined;
    this.#socket.once("error", (error) => (failure = error));
    this.#socket.once("connect", () => {
      this.#localPort = this.#socket.localPort ?? 0;
      this.#log.add(`connected from port ${this.#localPort} to ${this.port}`);
    });
    const timer = setTimeout(() => {
      const message = `Expected a handshake with port ${this.port} within ${timeout} ms, got no SYN-ACK`;
      this.#socket.destroy(new NetError("CONNECT_TIMEOUT", message));
    }, timeout);
    try {
      await this.#log.until(() => this.#localPort > 0 || this.closed, { timeout: timeout + 10_000 });
    } finally {
      clearTimeout(timer);
    }
    // ECONNRESET, unlike ECONNREFUSED, means that the handshake was done: an RST came before Node had looked at it.
    if (this.#localPort > 0 || failure?.code === "ECONNRESET") return;
    if (failure instanceof NetError) throw failure;
    throw new NetError(
      failure?.code === "ECONNREFUSED" ? "CONNECTION_REFUSED" : "CONNECTION_FAILED",
      `Expected a connection to port ${this.port}, got ${failure?.message ?? "none"}`,
      { cause: failure },
    );
  }

  #received(chunk: Uint8Array, says: boolean): void {
    this.receivedBytes += chunk.length;
    const room = this.#maxKept - this.#kept;
    if (room > 0) {
      const kept = new Uint8Array(chunk.subarray(0, room));
      this.#chunks.push(kept);
      this.#kept += kept.length;
    }
    if (says && room > 0 && chunk.length >= room) this.#log.add("from here on bytes are only counted");
    // one record a chunk would bury the rest of the story where there are many
    if (says) this.#log.add(`${chunk.length} bytes came`);
    else this.#log.changed();
  }
}
