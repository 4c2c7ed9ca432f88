import type { Socket } from "node:net";
import type { ConnectionTap, TappedConnection } from "@tcpip-workshop/faults/tcp";
import { timeline } from "@tcpip-workshop/grader/suite";
import { listen } from "./kernel-table.ts";

/** A request that has arrived at the server. */
export interface Request {
  payload: string;
  socket: Socket;
  connection: TappedConnection;
}

export interface EchoServerOptions {
  host?: string;
  port?: number;
  /** It answers no FIN with its own: whoever waits for that waits for ever. */
  neverCloses?: boolean;
  /** Its heading, where a test has several; false: not shown. */
  shown?: string | boolean;
}

/** An echo server that remembers all, and holds back the replies that a test tells it to. */
export class EchoServer implements AsyncDisposable {
  static async listen({ shown = true, neverCloses = false, ...where }: EchoServerOptions = {}) {
    const server: EchoServer = new EchoServer(
      await listen((socket, connection) => server.#serve(socket, connection), {
        ...where,
        allowHalfOpen: neverCloses,
      }),
    );
    if (typeof shown === "string") timeline(shown);
    if (shown !== false) timeline(server.tap);
    return server;
  }

  readonly tap: ConnectionTap;
  readonly frames: Request[] = [];
  /** True: the reply to this one has to wait for {@link release}. */
  hold: (request: Request) => boolean = () => false;
  readonly #held: Request[] = [];

  private constructor(tap: ConnectionTap) {
    this.tap = tap;
  }

  get port(): number {
    return this.tap.port;
  }

  payloads(): string[] {
    return this.frames.map(({ payload }) => payload);
  }

  /** The connection over which it came. */
  of(sought: string): TappedConnection | undefined {
    return this.frames.find(({ payload }) => payload === sought)?.connection;
  }

  /** Replies to what was held back, and holds nothing back any more; or to this one only. */
  release(only?: string): void {
    if (only === undefined) this.hold = () => false;
    for (const request of this.#held.splice(0))
      if (only !== undefined && request.payload !== only) this.#held.push(request);
      else if (request.socket.writable) request.socket.write(frame(request.payload));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.tap[Symbol.asyncDispose]();
  }

  #serve(socket: Socket, connection: TappedConnection): void {
    let received = Buffer.alloc(0);
    socket.on("data", (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      for (let end; received.length >= 4 && received.length >= (end = 4 + received.readUInt32BE());) {
        const request = { payload: received.toString("utf8", 4, end), socket, connection };
        received = received.subarray(end);
        this.frames.push(request);
        if (this.hold(request)) this.#held.push(request);
        else socket.write(frame(request.payload));
      }
    });
  }
}

/** What may come on a connection on which nobody has asked anything. */
export const comesWhileIdle: [what: string, send: (socket: Socket) => void][] = [
  ["FIN", (socket) => socket.end()],
  ["RST", (socket) => socket.resetAndDestroy()],
  ["a frame that nobody asked for", (socket) => socket.write(frame("stray"))],
];

/** What may come in place of a reply. */
export const fails: [what: string, send: (request: Request) => void, code: string][] = [
  ["other bytes", ({ socket }) => socket.write("HTTP/1.1 408"), "REPLY_INVALID"],
  ["RST", ({ socket }) => socket.resetAndDestroy(), "ECONNRESET"],
  ["FIN", ({ socket }) => socket.end(), "CONNECTION_LOST"],
  [
    "half a frame and FIN",
    ({ socket, payload }) => socket.end(frame(payload).subarray(0, 6)),
    "CONNECTION_LOST",
  ],
];

function frame(payload: string): Buffer {
  const header = Buffer.alloc(4);
  header.writeUInt32BE(Buffer.byteLength(payload));
  return Buffer.concat([header, Buffer.from(payload)]);
}
