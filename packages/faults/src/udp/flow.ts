import { createSocket, type Socket } from "node:dgram";

export interface FlowOptions {
  /** From 1, in the order of the first datagrams. */
  number: number;
  host: string;
  port: number;
  family: "udp4" | "udp6";
  onOpen: () => void;
  onMessage: (payload: Uint8Array) => void;
  /** The server's host said that nobody listens there (ICMP port unreachable). */
  onUnreachable: () => void;
  onError: (error: Error) => void;
}

/** One client's way to the server: a socket of its own, so that the server sees clients as distinct ports. */
export class Flow {
  readonly number: number;
  readonly #socket: Socket;
  readonly #options: FlowOptions;
  #state: "opening" | "open" | "closed" = "opening";

  constructor(options: FlowOptions) {
    this.number = options.number;
    this.#options = options;
    this.#socket = createSocket(options.family);
    this.#socket.on("error", (error) => this.#failed(error));
    this.#socket.on("message", (payload) => options.onMessage(payload));
    this.#socket.once("connect", () => {
      if (this.#state !== "opening") return;
      this.#state = "open";
      options.onOpen();
    });
    // Connected, as only then does the kernel tell of ICMP errors (udp(7)), and of datagrams from nobody else.
    this.#socket.connect(options.port, options.host);
  }

  get state(): "opening" | "open" | "closed" {
    return this.#state;
  }

  /** The port that the server sees. */
  get localPort(): number {
    return this.#socket.address().port;
  }

  send(payload: Uint8Array, again = true): void {
    if (this.#state !== "open") return;
    this.#socket.send(payload, (error) => {
      if (error === null) return;
      this.#failed(error);
      // The error was left by an earlier datagram, and this one was not sent: a pending error is given to the next call.
      if (isRefused(error) && again) this.send(payload, false);
    });
  }

  async close(): Promise<void> {
    if (this.#state === "closed") return;
    this.#state = "closed";
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#socket.close(resolve);
    await promise;
  }

  #failed(error: Error): void {
    if (this.#state === "closed") return;
    if (isRefused(error)) return this.#options.onUnreachable();
    const wasOpening = this.#state === "opening";
    if (wasOpening) void this.close();
    this.#options.onError(error);
    // What waits for the flow to open must not wait for ever.
    if (wasOpening) this.#options.onOpen();
  }
}

function isRefused(error: Error): boolean {
  return (error as NodeJS.ErrnoException).code === "ECONNREFUSED";
}
