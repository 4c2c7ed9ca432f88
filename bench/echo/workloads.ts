import { once } from "node:events";
import { connect, type Socket } from "node:net";

/** What is asked of every server, in bytes that are good frames too: the same for raw and framed. */
export const workloads = {
  "1 connection, 64 bytes": { connections: 1, unit: "echoes/s", run: pingPong },
  "100 connections, 64 bytes": { connections: 100, unit: "echoes/s", run: pingPong },
  "16 MiB stream": { connections: 1, unit: "MiB/s", run: stream },
};

/** Milliseconds that one measurement of ping-pong lasts. */
const SLICE = 150;
const STREAM_LENGTH = 16 * 2 ** 20;

const message = frame(60);
const block = frame(65_532);

/** A client's connection that only counts: the receiver's cost is small and the same for all. */
export class Client {
  readonly socket: Socket;
  onBytes: (length: number) => void = () => {};

  constructor(port: number) {
    const callback = (length: number): boolean => {
      this.onBytes(length);
      return true;
    };
    this.socket = connect({
      port,
      host: "127.0.0.1",
      noDelay: true,
      onread: { buffer: Buffer.alloc(65_536), callback },
    });
  }

  static async connect(port: number): Promise<Client> {
    const client = new Client(port);
    await once(client.socket, "connect");
    return client;
  }
}

/** Echoes in a slice of time, all connections at it at once: per second. */
async function pingPong(clients: Client[]): Promise<{ amount: number; seconds: number }> {
  let amount = 0;
  let stop = false;
  const started = performance.now();
  const timer = setTimeout(() => (stop = true), SLICE);
  await Promise.all(
    clients.map(
      (client) =>
        new Promise<void>((resolve) => {
          let due = message.length;
          client.onBytes = (length) => {
            due -= length;
            if (due > 0) return;
            amount++;
            if (stop) return resolve();
            due = message.length;
            client.socket.write(message);
          };
          client.socket.write(message);
        }),
    ),
  );
  clearTimeout(timer);
  return { amount, seconds: (performance.now() - started) / 1000 };
}

/** One stream there and back. */
async function stream([client]: Client[]): Promise<{ amount: number; seconds: number }> {
  const { socket } = client!;
  const started = performance.now();
  await new Promise<void>((resolve) => {
    let due = STREAM_LENGTH;
    let unsent = STREAM_LENGTH;
    const send = (): void => {
      while (unsent > 0) {
        unsent -= block.length;
        if (!socket.write(block)) return void socket.once("drain", send);
      }
    };
    client!.onBytes = (length) => {
      if ((due -= length) <= 0) resolve();
    };
    send();
  });
  return { amount: STREAM_LENGTH / 2 ** 20, seconds: (performance.now() - started) / 1000 };
}

function frame(length: number): Buffer {
  const bytes = Buffer.alloc(4 + length, "x");
  bytes.writeUInt32BE(length);
  return bytes;
}
