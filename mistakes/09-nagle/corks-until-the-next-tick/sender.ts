// Mistake: cork, write, and uncork in `nextTick`: the documentation shows it, so it is all there is to do.
// Caught by: takes no more records than the server does
// Tell: The cork gathers what is written in one go, and it bounds nothing: while the server does not read, the socket
//   takes record after record into your memory. Wait for "drain", uncorked, before you ask for the next one.
import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";

export type Handler = (header: Uint8Array, body: Uint8Array) => Uint8Array | Promise<Uint8Array>;

export interface Connection {
  call(header: Uint8Array, body: Uint8Array): Promise<Uint8Array>;
  upload(records: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<Uint8Array>;
  close(): Promise<void>;
}

export interface RunningServer {
  port: number;
  close(): Promise<void>;
}

export async function connectTo(port: number): Promise<Connection> {
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  socket.on("error", () => {}); // Whoever waits for a frame is told.
  await once(socket, "connect");
  const frames = readFrames(socket);

  async function reply(): Promise<Uint8Array> {
    await nextFrame(frames); // ok
    return nextFrame(frames);
  }

  return {
    async call(header, body) {
      sendTogether(socket, [header, body]);
      return reply();
    },
    async upload(records) {
      const batches = new CorkedWriter(socket);
      batches.add(encodeFrame(Buffer.from("upload")));
      for await (const record of records) batches.add(encodeFrame(record));
      batches.add(encodeFrame(new Uint8Array(0)));
      return reply();
    },
    async close() {
      socket.end();
      if (!socket.closed) await once(socket, "close");
    },
  };
}

export async function startServer(handle: Handler): Promise<RunningServer> {
  const server = createServer({ noDelay: true }, (socket) => {
    socket.on("error", () => {});
    answerCalls(socket, handle).catch(() => socket.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { port: portOf(server), close: async () => void server.close() };
}

async function answerCalls(socket: Socket, handle: Handler): Promise<void> {
  const frames = readFrames(socket);
  for await (const header of frames) {
    const body = await nextFrame(frames);
    sendTogether(socket, [Buffer.from("ok"), await handle(header, body)]);
  }
}

/** What is one message to the reader is one write here: nothing of it can wait for the acknowledgement of the rest. */
function sendTogether(socket: Socket, payloads: Uint8Array[]): void {
  socket.write(Buffer.concat(payloads.map(encodeFrame)));
}

/** Gathers what is written until the next tick. */
class CorkedWriter {
  readonly #socket: Socket;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  add(frame: Uint8Array): void {
    this.#socket.cork();
    this.#socket.write(frame);
    process.nextTick(() => this.#socket.uncork());
  }
}

export function encodeFrame(payload: Uint8Array): Uint8Array {
  const frame = Buffer.alloc(4 + payload.length);
  frame.writeUInt32BE(payload.length);
  frame.set(payload, 4);
  return frame;
}

async function nextFrame(frames: AsyncIterator<Uint8Array>): Promise<Uint8Array> {
  const { value, done } = await frames.next();
  if (done) throw new Error("Expected a frame, got the end of the connection");
  return value;
}

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
