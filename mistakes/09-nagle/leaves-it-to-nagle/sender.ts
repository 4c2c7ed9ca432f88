// Mistake: the kernel gathers small writes, so the program need not.
// Caught by: uploads twenty thousand small records in few writes
// Tell: Nagle does make few segments of your small writes. But each of them is still a system call, and 20,000 of
//   these cost more than all the rest. Gather before you write.
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
  const socket = connect({ port, host: "127.0.0.1" });
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
      await send(socket, Buffer.from("upload"));
      for await (const record of records) await send(socket, record);
      await send(socket, new Uint8Array(0));
      return reply();
    },
    async close() {
      socket.end();
      if (!socket.closed) await once(socket, "close");
    },
  };
}

export async function startServer(handle: Handler): Promise<RunningServer> {
  const server = createServer((socket) => {
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

async function send(socket: Socket, payload: Uint8Array): Promise<void> {
  if (!socket.write(encodeFrame(payload))) await drained(socket);
}

/** Has taken what was written. Rejects with an AbortError when the connection ends instead. */
async function drained(socket: Socket): Promise<void> {
  const gone = new AbortController();
  const abort = () => gone.abort();
  socket.once("close", abort);
  await once(socket, "drain", { signal: gone.signal }).finally(() => socket.off("close", abort));
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
