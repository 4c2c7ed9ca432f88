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
    timeline("the next hop, played by the test", hop);
    return hop;
  }

  readonly heard: Heard[] = [];
  readonly #plays: Plays;
  readonly #start = performance.now();
  readonly #notes: string[] = [];
  #tap!: ConnectionTap;

  private constructor(plays: Plays) {
    this.#plays = plays;
  }

  /** What the tap has seen, and the requests that came, in order. */
  timeline(): string[] {
    return [...this.#tap.timeline(), ...this.#notes].toSorted(
      (one, other) => parseFloat(one) - parseFloat(other),
    );
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

  /** The first calls with these texts, whose callers have hung up so, whatever else is open. */
  async areHungUpOn(calls: readonly (readonly [text: string, how: string])[], rule: string): Promise<void> {
    const firstOf = (text: string) => this.heard.find((one) => one.text === text);
    const isOver = ([text]: readonly [string, string]) => firstOf(text)?.connection.closed === true;
    const spell = (call: readonly [string, string], over: boolean) =>
      `the call for ${call[0]}, whose client sent ${call[1]}: ${over ? "closed" : "open"}`;
    await eventually(() => calls.every(isOver), rule, {
      within: 400,
      expected: calls.map((call) => spell(call, true)),
      received: () => calls.map((call) => spell(call, isOver(call))),
    });
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
      const [, budget = NaN, text = line.trimEnd()] = /^(-?\d+) (.*)\n$/.exec(line) ?? [];
      this.heard.push({ told: Number(budget), text, at: performance.now(), connection });
      const plays = this.#plays[text] ?? ["ok"];
      const play = plays[this.calls(text) - 1] ?? plays.at(-1) ?? "ok";
      const time = (performance.now() - this.#start).toFixed(1).padStart(8);
      const place = `#${connection.number}`.padEnd(12);
      this.#notes.push(`${time} ms  ${place}  gets ${JSON.stringify(line)}, and ${told(play)}`);
      act(socket, play);
    });
  }
}

/** In words. */
function told(play: string): string {
  if (play === "hang") return "says nothing";
  if (play === "RST" || play === "FIN") return `sends ${play}`;
  return `replies ${JSON.stringify(play.replace("open:", ""))}`;
}

function act(socket: Socket, play: string): void {
  if (play === "RST") socket.resetAndDestroy();
  else if (play === "FIN") socket.end();
  else if (play.startsWith("open:")) socket.write(`${play.slice(5)}\n`);
  else if (play !== "hang") socket.end(`${play}\n`);
}
