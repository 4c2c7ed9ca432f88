import type { Socket } from "node:net";
import { ConnectionTap, type TappedConnection } from "@tcpip-workshop/faults/tcp";
import { evidence, eventually, expect, timeline } from "@tcpip-workshop/grader/suite";
import type { Client } from "./client.ts";

/** A request as the played hop has got it. */
export interface Heard {
  told: number;
  text: string;
  /** When, by the suite's clock. */
  at: number;
  connection: TappedConnection;
}

/**
 * For each text what is done the first time, the second time …, and then the last of these: `RST`, `FIN`, `hang`, a line to
 * reply and end with, or behind `open:` a line after which the connection is left open.
 */
export interface Plays {
  [text: string]: string[];
}

/** The next hop of the answer's, played by the suite. */
export class NextHop implements AsyncDisposable {
  static async play(plays: Plays): Promise<NextHop> {
    const hop = new NextHop(plays);
    hop.#tap = await ConnectionTap.listen((socket, connection) => hop.#read(socket, connection));
    timeline("the next hop, played by the test", hop.#tap);
    return hop;
  }

  readonly heard: Heard[] = [];
  readonly #plays: Plays;
  #tap!: ConnectionTap;

  private constructor(plays: Plays) {
    this.#plays = plays;
  }

  get port(): number {
    return this.#tap.port;
  }

  /** Connections, whether a request came on them or not. */
  get accepts(): number {
    return this.#tap.accepts;
  }

  /** Those that are not over. */
  get open(): number {
    return this.#tap.open;
  }

  calls(text: string): number {
    return this.heard.filter((one) => one.text === text).length;
  }

  /** Waits for the first call with this text. */
  async isCalled(text: string, rule: string): Promise<void> {
    const shown = { expected: `calls for ${text}: 1`, received: () => this.#count(text) };
    await eventually(() => this.calls(text) > 0, rule, shown);
  }

  /** Waits for what is called because of this client, who may be sent away without a call. */
  async isCalledBy(client: Client, before: number): Promise<Heard> {
    const rule = "The hop calls the next one";
    const came = () => this.heard.length > before || client.ended !== undefined;
    await eventually(came, rule, { expected: "a call", received: () => "no call" });
    const heard = this.heard[before];
    expect(heard ? "a call" : `no call, and the client got ${client.ended}`, rule).toBe("a call");
    return heard as Heard;
  }

  /** Waits until the answer has read that the one call with this text has failed. */
  async hasFailed(text: string): Promise<void> {
    const failed = () => this.calls(text) > 0 && this.open === 0;
    await eventually(failed, "The hop calls the next one, reads that this has failed, and hangs up", {
      expected: [`calls for ${text}: 1`, "still open: 0"],
      received: () => [this.#count(text), `still open: ${this.open}`],
    });
  }

  /** The first call failed so short a time ago that the answer is in the pause behind it. @throws {NoEvidence} */
  evidencePause(pause: number): void {
    const since = performance.now() - (this.heard[0]?.at ?? 0);
    evidence(since < pause / 2, "the test do its part while the hop is in its pause");
  }

  async isHungUpOn(rule: string): Promise<void> {
    const received = () => `calls still open: ${this.open}, of ${this.accepts}`;
    await eventually(() => this.open === 0, rule, {
      within: 400,
      expected: "calls still open: 0",
      received,
    });
  }

  /** The call with this text, whatever else is open. */
  async firstIsHungUpOn(text: string, rule: string): Promise<void> {
    const [isOver, open] = [`the call for ${text}: over`, `the call for ${text}: open`];
    const call = this.heard.find((one) => one.text === text);
    const shown = {
      within: 400,
      expected: isOver,
      received: () => (call?.connection.closed ? isOver : open),
    };
    await eventually(() => call?.connection.closed, rule, shown);
  }

  hasBeenCalled(text: string, times: number, rule: string): void {
    expect(this.#count(text), rule).toBe(`calls for ${text}: ${times}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#tap[Symbol.asyncDispose]();
  }

  #count(text: string): string {
    return `calls for ${text}: ${this.calls(text)}`;
  }

  #read(socket: Socket, connection: TappedConnection): void {
    let line = "";
    socket.on("data", (chunk: Buffer) => {
      line += chunk.toString();
      if (!line.endsWith("\n")) return;
      const [, told = NaN, text = line.trimEnd()] = /^(-?\d+) (.*)\n$/.exec(line) ?? [];
      this.heard.push({ told: Number(told), text, at: performance.now(), connection });
      const plays = this.#plays[text] ?? ["ok"];
      act(socket, plays[this.calls(text) - 1] ?? plays.at(-1) ?? "ok");
    });
  }
}

function act(socket: Socket, play: string): void {
  if (play === "RST") socket.resetAndDestroy();
  else if (play === "FIN") socket.end();
  else if (play.startsWith("open:")) socket.write(`${play.slice(5)}\n`);
  else if (play !== "hang") socket.end(`${play}\n`);
}
