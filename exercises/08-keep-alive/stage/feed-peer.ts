import type { Socket } from "node:net";
import { setTimeout } from "node:timers/promises";
import { ConnectionTap } from "@tcpip-workshop/faults/tcp";
import { awaitEvidence } from "@tcpip-workshop/grader/suite";
import type { AnswerUnderTest } from "./answer-under-test.ts";

/** What the peer does about a ping; they are counted from 1. */
export type OnPing = (socket: Socket, ping: number) => unknown;

/** A feed's other end, which does for each ping what it is told. */
export class FeedPeer implements AsyncDisposable {
  pings = 0;
  readonly #tap: ConnectionTap;
  #last = 0;
  /** Milliseconds from a ping to the next one, at least. */
  #shortestRest = Infinity;

  static async listen(onPing: OnPing): Promise<FeedPeer> {
    const tap = await ConnectionTap.listen((socket) => {
      let unread = "";
      socket.setEncoding("latin1").on("data", (text: string) => {
        const lines = (unread + text).split("\n");
        unread = lines.pop() ?? "";
        for (const line of lines) if (line === "ping") peer.#hear(socket, onPing);
      });
    });
    const peer = new FeedPeer(tap);
    return peer;
  }

  private constructor(tap: ConnectionTap) {
    this.#tap = tap;
  }

  get port(): number {
    return this.#tap.port;
  }

  /** The time between two pings that came after each other fastest, when it is shorter than `due` milliseconds. */
  shortestRest(due: number): string {
    // A timer may be early by a millisecond or two.
    const isShort = this.#shortestRest < due - 5;
    return `${isShort ? `≈${Math.round(this.#shortestRest)} ms` : `${due} ms or more`} between two pings`;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#tap[Symbol.asyncDispose]();
  }

  #hear(socket: Socket, onPing: OnPing): void {
    const now = performance.now();
    if (++this.pings > 1) this.#shortestRest = Math.min(this.#shortestRest, now - this.#last);
    this.#last = now;
    void onPing(socket, this.pings);
  }
}

/** Says a line again and again, until the connection is closed. */
export class Babble {
  /** The longest time in milliseconds that it said nothing. */
  longestSilence = 0;

  async say(socket: Socket, line: string, every: number): Promise<void> {
    for (let last = performance.now(); !socket.destroyed;) {
      socket.write(line);
      await setTimeout(every);
      const now = performance.now();
      this.longestSilence = Math.max(this.longestSilence, now - last);
      last = now;
    }
  }
}

/** Writes one part after another, each when the one before was read: parts stay chunks. */
export class Chunks {
  readonly #client: AnswerUnderTest;
  #said = Promise.resolve();

  constructor(client: AnswerUnderTest) {
    this.#client = client;
  }

  write(socket: Socket, parts: readonly (string | Uint8Array)[]): void {
    // However many pings came at once.
    this.#said = this.#write(this.#said, socket, parts);
  }

  async #write(
    before: Promise<void>,
    socket: Socket,
    parts: readonly (string | Uint8Array)[],
  ): Promise<void> {
    await before;
    for (const part of parts) {
      await this.#isRead(socket).catch(() => {});
      await new Promise((sent) => socket.write(part, sent));
    }
  }

  #isRead({ localPort }: Socket): Promise<void> {
    const unread = (): boolean =>
      this.#client.process
        .sockets(localPort === undefined ? {} : { port: localPort })
        .some(({ recvQ }) => recvQ > 0);
    return awaitEvidence(() => !unread(), "the answer read the chunk before", 500);
  }
}
