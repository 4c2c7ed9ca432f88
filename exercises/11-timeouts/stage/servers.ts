import { once } from "node:events";
import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { FrozenListener } from "@tcpip-workshop/faults/kernel";
import { ConnectionTap } from "@tcpip-workshop/faults/tcp";
import { timeline } from "@tcpip-workshop/grader/suite";
import type { Asked } from "./requests.ts";

/** A server of the test's, and what the story calls it. */
export class Server implements Asked, AsyncDisposable {
  /** Does so with each connection until the client is gone. */
  static async start(name: string, handler: (socket: Socket) => unknown): Promise<Server> {
    const serve = async (socket: Socket): Promise<void> => {
      try {
        await handler(socket);
      } catch {
        // The client went in the middle of it: how, is for the test to judge.
      }
    };
    return new Server(name, await ConnectionTap.listen(serve, { allowHalfOpen: true }));
  }

  readonly name: string;
  readonly tap: ConnectionTap;

  private constructor(name: string, tap: ConnectionTap) {
    this.name = name;
    this.tap = tap;
  }

  /** A failure shows what it saw. */
  shown(): this {
    timeline(this.name, this.tap);
    return this;
  }

  get port(): number {
    return this.tap.port;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.tap[Symbol.asyncDispose]();
  }
}

/** Its process is stopped and its accept queue full: the kernel drops each SYN. */
export class StoppedServer implements Asked, AsyncDisposable {
  static async start(): Promise<StoppedServer> {
    const listener = await FrozenListener.start();
    await listener.fill();
    return new StoppedServer(listener);
  }

  readonly name = "a stopped server, its accept queue full: its kernel drops each SYN";
  readonly #listener: FrozenListener;

  private constructor(listener: FrozenListener) {
    this.#listener = listener;
  }

  get port(): number {
    return this.#listener.port;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#listener[Symbol.asyncDispose]();
  }
}

/** All that comes before the client's FIN. */
export async function requestOf(socket: Socket): Promise<Buffer> {
  const chunks: Buffer[] = [];
  socket.on("data", (chunk: Buffer) => chunks.push(chunk));
  await once(socket, "end");
  return Buffer.concat(chunks);
}

/** Reads, and says 150 bytes, one each `interval` ms; then FIN. */
export async function dribble(socket: Socket, interval: number): Promise<void> {
  socket.resume();
  for (let said = 0; said < 150 && !socket.destroyed; said++, await sleep(interval)) socket.write(".");
  socket.end();
}

export async function take(socket: Socket, bytes: number): Promise<void> {
  for (let taken = 0; taken < bytes;) {
    const chunk = socket.read() as Buffer | null;
    if (chunk === null) await once(socket, "readable");
    taken += chunk?.length ?? 0;
  }
}
