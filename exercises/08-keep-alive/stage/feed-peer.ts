import type { Socket } from "node:net";
import { setTimeout } from "node:timers/promises";
import { ConnectionTap } from "@tcpip-workshop/faults/tcp";
import { awaitEvidence, timeline } from "@tcpip-workshop/grader/suite";
import type { AnswerUnderTest } from "./answer-under-test.ts";

/** What the peer does about a ping; they are counted from 1. */
export type OnPing = (socket: Socket, ping: number) => unknown;

/** A feed's other end, which does for each ping what it is told. */
export class FeedPeer implements AsyncDisposable {
  pings = 0;
  readonly #tap: ConnectionTap;
  readonly #lines: string[] = [];
  #opened = 0;
  #last = 0;
  /** Milliseconds from a ping to the next one, at least. */
  #shortestRest = Infinity;

  /** @param name its heading, where a test has several */
  static async listen(onPing: OnPing, name?: string): Promise<FeedPeer> {
    const tap = await ConnectionTap.listen((socket) => {
      peer.#watch(socket);
      let unread = "";
      socket.setEncoding("latin1").on("data", (text: string) => {
        const lines = (unread + text).split("\n");
        unread = lines.pop() ?? "";
        for (const line of lines) {
          peer.#note(`← ${JSON.stringify(`${line}\n`)}`);
          if (line === "ping") peer.#hear(socket, onPing);
        }
      });
    });
    const peer = new FeedPeer(tap);
    timeline(...(name === undefined ? [] : [name]), peer);
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

  timeline(): string[] {
    return this.#lines;
  }

  #watch(socket: Socket): void {
    this.#opened = performance.now();
    this.#note("the feed is connected");
    const write = socket.write.bind(socket) as (...args: unknown[]) => boolean;
    socket.write = (data: string | Uint8Array, ...more: unknown[]): boolean => {
      this.#note(`→ ${inWords(data)}`);
      return write(data, ...more);
    };
  }

  #note(what: string): void {
    const milliseconds = (performance.now() - this.#opened).toFixed(1);
    this.#lines.push(`${milliseconds.padStart(8)} ms  ${what}`);
  }

  #hear(socket: Socket, onPing: OnPing): void {
    const now = performance.now();
    if (++this.pings > 1) this.#shortestRest = Math.min(this.#shortestRest, now - this.#last);
    this.#last = now;
    void onPing(socket, this.pings);
  }
}

/** `"pong\n"`; what is cut within a character, in hexadecimal. */
function inWords(data: string | Uint8Array): string {
  const text = typeof data === "string" ? data : Buffer.from(data).toString();
  const isText = Buffer.compare(Buffer.from(text), Buffer.from(data as string)) === 0;
  return isText
    ? JSON.stringify(text)
    : Buffer.from(data as string)
        .toString("hex")
        .replace(/..(?=.)/g, "$& ");
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
