import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";

/** Makes the reply's body of a call's header and body. */
export type Handler = (header: Uint8Array, body: Uint8Array) => Uint8Array | Promise<Uint8Array>;

/** One connection to a server. It is told one thing at a time: the next call begins when the last one has its reply. */
export interface Connection {
  /** Sends two frames, header and body; the reply is two frames too. Returns the second one, the reply's body. */
  call(header: Uint8Array, body: Uint8Array): Promise<Uint8Array>;
  /**
   * Sends a frame `upload`, then each record as a frame, then an empty frame: the end. Records come as fast as they
   * come: an array has them all at once, an async iterator may have the next one in an hour. None is empty.
   * Returns the reply's body.
   */
  upload(records: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<Uint8Array>;
  /** Sends FIN, and is done when the server has sent its own. */
  close(): Promise<void>;
}

export interface RunningServer {
  port: number;
  /** Closes the listener. */
  close(): Promise<void>;
}

/** Connects to a server on 127.0.0.1. */
export async function connectTo(port: number): Promise<Connection> {
  const socket = connect({ port, host: "127.0.0.1" });
  socket.on("error", () => {}); // Whoever waits for a frame is told.
  await once(socket, "connect");
  const frames = readFrames(socket);

  return {
    async call(header, body) {
      // TODO: send both frames, so that neither waits for an acknowledgement of the other.
      throw new Error("not implemented");
    },
    async upload(records) {
      // TODO: twenty thousand small records are no reason for twenty thousand writes.
      throw new Error("not implemented");
    },
    async close() {
      socket.end();
      if (!socket.closed) await once(socket, "close");
    },
  };
}

/** Answers calls on 127.0.0.1, on a free port: each with two frames, `ok` and what `handle` returned. */
export async function startServer(handle: Handler): Promise<RunningServer> {
  const server = createServer((socket) => {
    socket.on("error", () => {}); // A client that resets is no reason to stop serving the others.
    answerCalls(socket, handle).catch(() => socket.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { port: portOf(server), close: async () => void server.close() };
}

/** One after another, until the client sends FIN. */
async function answerCalls(socket: Socket, handle: Handler): Promise<void> {
  const frames = readFrames(socket);
  // TODO: read a header and a body, and send `ok` and the reply's body.
  throw new Error("not implemented");
}

/** Given: the frame of a payload, which is its length in four bytes, and the payload (exercise 04). */
export function encodeFrame(payload: Uint8Array): Uint8Array {
  const frame = Buffer.alloc(4 + payload.length);
  frame.writeUInt32BE(payload.length);
  frame.set(payload, 4);
  return frame;
}

/** Given: the next frame. Throws an Error when the connection ends instead. */
async function nextFrame(frames: AsyncIterator<Uint8Array>): Promise<Uint8Array> {
  const { value, done } = await frames.next();
  if (done) throw new Error("Expected a frame, got the end of the connection");
  return value;
}

/** Given: the payloads of the frames that come over a socket. */
async function* readFrames(socket: Socket): AsyncGenerator<Uint8Array, void> {
  let pending = Buffer.alloc(0);
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    pending = Buffer.concat([pending, chunk]);
    while (pending.length >= 4 && pending.length >= 4 + pending.readUInt32BE()) {
      const end = 4 + pending.readUInt32BE();
      yield pending.subarray(4, end);
      pending = pending.subarray(end);
    }
  }
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("Expected a listening server");
  return address.port;
}
