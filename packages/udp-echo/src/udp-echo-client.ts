import { randomBytes } from "node:crypto";
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { NetError } from "@tcpip-workshop/core/net-error";
import { resolveHost } from "./resolve-host.ts";
import {
  checkTotalTimeout,
  clientSettings,
  type UdpEchoClientOptions,
  type UdpEchoClientSettings,
} from "./client-options.ts";
import type { UdpEchoClientStats } from "./client-stats.ts";
import { type RequestOptions, RequestTable } from "./request-table.ts";

/**
 * Asks one server, over one connected socket: the kernel lets through only what that server's address and port send, and
 * tells us when nobody listens there (udp(7)). Made by `UdpEchoClient.connect`.
 */
export class UdpEchoClient implements AsyncDisposable {
  /** Our end of the 5-tuple. */
  readonly localAddress: AddressInfo;
  /** The server's end. */
  readonly remoteAddress: AddressInfo;
  readonly #socket: Socket;
  readonly #table: RequestTable;
  #closed: Promise<void> | undefined;

  /**
   * Binds a port and names the server to the kernel; nothing is sent. Throws `CONNECTION_FAILED` (a name that leads
   * nowhere, no route), `ARGUMENT_INVALID`.
   */
  static async connect(options: UdpEchoClientOptions): Promise<UdpEchoClient> {
    const settings = clientSettings(options);
    const { host, port } = settings;
    let socket: Socket | undefined;
    try {
      const { address, type } = await resolveHost(host);
      socket = createSocket(type);
      const connected = once(socket, "connect");
      socket.connect(port, address);
      await connected;
      return new UdpEchoClient(socket, settings);
    } catch (cause) {
      socket?.close();
      const { message } = cause as Error;
      throw new NetError("CONNECTION_FAILED", `Expected a way to ${host} port ${port}, got ${message}`, {
        cause,
      });
    }
  }

  private constructor(socket: Socket, { mode, ...settings }: UdpEchoClientSettings) {
    this.localAddress = socket.address();
    this.remoteAddress = socket.remoteAddress();
    this.#socket = socket;
    this.#table = new RequestTable({
      ...settings,
      answerKind: mode === "echo" ? "request" : "reply",
      // From chance, so that a client which gets a predecessor's port does not get the predecessor's replies
      firstId: randomBytes(8).readBigUInt64BE(),
      send: (datagram, id) =>
        socket.send(datagram, (error) => {
          if (error) this.#table.sendFailed(id, error);
        }),
    });
    socket.on("message", (datagram) => this.#table.receive(datagram));
    // What ICMP said is handed out once: to the next send, or else here. Other errors end nothing: retries go on.
    socket.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "ECONNREFUSED") this.#table.refused(error);
    });
  }

  /** Counts up to now. */
  get stats(): Readonly<UdpEchoClientStats> {
    return { ...this.#table.stats };
  }

  /**
   * The reply's payload. Sends again, with the same id, until it comes. Rejects with `NO_REPLY` (a `NoReplyError`: has
   * `attempts`), `CONNECTION_REFUSED`, `DATAGRAM_TOO_LARGE` (payload and 12 bytes above 65,507 over IPv4, 65,527 over
   * IPv6), `CONNECTION_FAILED`, `CLOSED`, `ARGUMENT_INVALID`, or the signal's reason.
   */
  async request(payload: Uint8Array, options: RequestOptions = {}): Promise<Uint8Array> {
    if (options.totalTimeout !== undefined) checkTotalTimeout(options.totalTimeout);
    return this.#table.request(payload, options);
  }

  /** Ends the requests under way with `CLOSED`, and closes the socket. */
  close(): Promise<void> {
    return (this.#closed ??= new Promise((resolve) => {
      this.#table.close();
      this.#socket.close(() => resolve());
    }));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
