import { eventually, expect, quietly } from "@tcpip-workshop/grader/suite";
import type { FeedOptions } from "../client.ts";
import { isGone, type AnswerUnderTest } from "./answer-under-test.ts";
import { codeOf } from "./outcome.ts";
import { by } from "./rule.ts";

/** A feed of the answer's, and what it told. */
export class FeedUnderTest implements AsyncDisposable {
  readonly lines: string[] = [];
  /** The codes that `onDown` was called with. */
  readonly downs: unknown[] = [];
  readonly #client: AnswerUnderTest;
  readonly #port: number;
  #close: () => Promise<void> = () => Promise.resolve();

  static async open(
    client: AnswerUnderTest,
    port: number,
    options: Partial<FeedOptions>,
  ): Promise<FeedUnderTest> {
    const feed = new FeedUnderTest(client, port);
    const opened = await client.openFeed(port, {
      keepAliveAfter: 60_000,
      pingEvery: 60_000,
      pongWithin: 60_000,
      ...options,
      onLine: (line) => void feed.lines.push(line),
      onDown: (error) => void feed.downs.push(codeOf(error)),
    });
    feed.#close = () => opened.close();
    return feed;
  }

  private constructor(client: AnswerUnderTest, port: number) {
    this.#client = client;
    this.#port = port;
  }

  close(): Promise<void> {
    return this.#close();
  }

  /** What is still open goes on in no other test. */
  async [Symbol.asyncDispose](): Promise<void> {
    await quietly(() => this.close()).catch(() => {});
  }

  isDead(more: { within?: number; orElse?: () => boolean } = {}): Promise<void> {
    const rule =
      "A peer whose pong does not come within `pongWithin` is dead: `onDown` gets PEER_DEAD, whatever else that peer sends";
    return this.isDown(rule, "PEER_DEAD", more);
  }

  /**
   * The feed goes down with this code, once, and leaves no socket.
   *
   * @param more `orElse`: what shows that it will not
   */
  async isDown(
    rule: string,
    code: string,
    { within = 800, orElse = (): boolean => false } = {},
  ): Promise<void> {
    const expected = told([code]);
    const received = (): string => told(this.downs);
    try {
      const over = (): boolean => this.downs.length > 0 || orElse();
      await by(rule, eventually(over, rule, { within, expected, received }));
      expect(told(this.downs.slice(0, 1)), rule).toBe(expected);
      const gone = "A feed that is down holds no socket: it does not wait for a FIN of its peer's";
      await isGone(this.#client, this.#port, gone);
    } finally {
      // Whatever was told before this came back has come; and what is not down goes on in no other test.
      await quietly(() => this.close()).catch(() => {});
    }
    expect(received(), "`onDown` is called once: a connection is lost once").toBe(expected);
  }
}

/** The calls of `onDown`, in words. */
export function told(downs: readonly unknown[]): string {
  return downs.map((code) => `onDown(${String(code)})`).join(", ") || "`onDown` is not called";
}
