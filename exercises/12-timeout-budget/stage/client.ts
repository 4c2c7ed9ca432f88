import { ScriptedPeer } from "@tcpip-workshop/faults/tcp";
import { eventually, expect, step, timeline } from "@tcpip-workshop/grader/suite";

/** Who asks the answer's hop: one request, and what came back. */
export class Client implements AsyncDisposable {
  static async connect(port: number, name: string): Promise<Client> {
    const peer = await ScriptedPeer.connect(port);
    timeline(name, peer);
    return new Client(peer);
  }

  /** Connects, and sends the request at once. The story has it with a `≈` where a busy machine gets a larger budget. */
  static async ask(port: number, request: string, shown = request): Promise<Client> {
    const client = await Client.connect(port, `the client that sends "${shown}"`);
    client.send(request, shown);
    return client;
  }

  /** Asks, waits for the reply, and is gone. */
  static async isAnswered(port: number, request: string, reply: string, rule: string): Promise<void> {
    await using client = await Client.ask(port, request);
    await client.isTold(reply, rule);
  }

  /** When the request was sent, by the suite's clock. */
  sent = NaN;
  readonly #peer: ScriptedPeer;
  #name = "the client";

  private constructor(peer: ScriptedPeer) {
    this.#peer = peer;
  }

  get ended(): string | undefined {
    return this.#peer.ended;
  }

  send(request: string, shown = request): void {
    step(`a client sends "${shown}"`);
    this.#name = `the client of "${shown}"`;
    this.sent = performance.now();
    this.#peer.send(`${request}\n`);
  }

  /** FIN behind what may be half a line. */
  breakOff(half: string): void {
    step(
      half ? `a client sends "${half}", and FIN without a line feed` : "a client sends FIN and nothing else",
    );
    if (half) this.#peer.send(half);
    this.#peer.end();
  }

  hangUp(how: "FIN" | "RST"): void {
    step(`${this.#name} hangs up with ${how}`);
    if (how === "FIN") this.#peer.end();
    else this.#peer.reset();
  }

  /** Our FIN, where it is no part of the story. */
  close(): void {
    this.#peer.end();
  }

  /** Waits for the end of the connection, with a reply or without. */
  async isClosed(rule: string): Promise<void> {
    const shown = { expected: "FIN", received: () => "no FIN" };
    await eventually(() => this.ended !== undefined, rule, { within: 500, ...shown });
  }

  /** Waits for the reply, and for the end of the connection behind it. */
  async isTold(
    line: string,
    rule: string,
    { within = 1000, besides = (): string => "" } = {},
  ): Promise<void> {
    const received = () => Buffer.from(this.#peer.bytes).toString();
    const came = () => this.ended !== undefined || received().includes("\n");
    const shown = { expected: `${line}\n`, received: () => received() || `no reply${besides()}` };
    await eventually(came, rule, { within, ...shown });
    expect(received() || `no reply, but ${this.ended}`, rule).toBe(`${line}\n`);
    await eventually(
      () => this.ended !== undefined,
      "The reply is there. Behind it the hop ends the connection",
      {
        within: 400,
        expected: "FIN behind the reply",
        received: () => "no FIN behind the reply",
      },
    );
  }

  /** The reply didn't come too soon: at most one millisecond, by which a timer may ring early. */
  hasWaited(least: number, rule: string): void {
    const waited = performance.now() - this.sent;
    const right = `a reply after ${least} ms or more`;
    expect(waited > least - 2 ? right : `a reply after ≈${waited.toFixed()} ms`, rule).toBe(right);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#peer[Symbol.asyncDispose]();
  }
}
