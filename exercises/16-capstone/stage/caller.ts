import { encodeFrame, LengthPrefixedDecoder } from "@tcpip-workshop/core/framing";
import { ScriptedPeer } from "@tcpip-workshop/faults/tcp";
import { awaitEvidence, eventually, expect, step, timeline } from "@tcpip-workshop/grader/suite";
import type { PaymentReply, PaymentRequest } from "../gateway.ts";
import type { GatewayUnderTest } from "./gateway-under-test.ts";
import type { HeldStore } from "./held-store.ts";
import type { Ledger } from "./ledger.ts";

/** A request as tests write it: what is left out is all right. */
export type Asked = Partial<Record<keyof PaymentRequest, unknown>>;

/** The bytes of a request. */
export function request(asked: Asked): Uint8Array {
  return frame(JSON.stringify({ key: "order 1", account: "café", amount: 300, remaining: 10_000, ...asked }));
}

/** A request as a failure shows it. */
function said(asked: Asked): string {
  const { key, account, amount, ...rest } = { key: "order 1", account: "café", amount: 300, ...asked };
  const more = Object.entries(rest).map(([name, value]) => `, ${name} ${String(value)}`);
  return `"${String(key)}: ${String(amount)} from ${String(account)}${more.join("")}"`;
}

export function frame(text: string): Uint8Array {
  return encodeFrame(new TextEncoder().encode(text));
}

/** How a reply is told that carries the receipt which the ledger has for this key. */
export function charged(key: string): string {
  return `${key}: 201, its receipt`;
}

/** A client that speaks to the gateway byte by byte, and never closes by itself. */
export class Caller implements AsyncDisposable {
  static async connect(gateway: GatewayUnderTest, name = "the client"): Promise<Caller> {
    const peer = await ScriptedPeer.connect(gateway.port);
    timeline(name, peer);
    return new Caller(peer, gateway, name);
  }

  readonly peer: ScriptedPeer;
  readonly #gateway: GatewayUnderTest;
  readonly #name: string;
  /** The replies that were due so far. */
  readonly #due: string[] = [];

  private constructor(peer: ScriptedPeer, gateway: GatewayUnderTest, name: string) {
    this.#name = name;
    this.peer = peer;
    this.#gateway = gateway;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.peer[Symbol.asyncDispose]();
  }

  get replies(): PaymentReply[] {
    const frames = new LengthPrefixedDecoder().push(this.peer.bytes);
    return frames.map((payload) => JSON.parse(new TextDecoder().decode(payload)) as PaymentReply);
  }

  /** Sends these requests in one chunk: whether the kernel makes one of several is its own affair. */
  ask(first: Asked = {}, ...more: Asked[]): void {
    step(`${this.#name} sends ${[first, ...more].map(said).join(", and ")}`);
    this.peer.send(Buffer.concat([first, ...more].map((asked) => request(asked))));
  }

  /** Asks, and is held in the store, before the charge. */
  async askAndBeHeld(store: HeldStore, within?: number): Promise<void> {
    this.ask();
    await awaitEvidence(() => store.held === 1, "the payment come to its transaction", within);
  }

  /** Asks with so many ms left, and is held in the store behind the look-up of the key until they are over. */
  async askWith(remaining: number, store: HeldStore): Promise<void> {
    store.at = "after get";
    this.ask({ remaining });
    await awaitEvidence(() => store.held > 0, "the gateway look up the key");
    const held = performance.now();
    await awaitEvidence(() => performance.now() - held > remaining + 10, "the time be over");
    store.release();
  }

  /** Sends a request in four pieces, each when the gateway has read what came before. */
  async askInPieces(asked: Asked): Promise<void> {
    const whole = request(asked);
    // The é of café is two bytes.
    const accent = Buffer.from(whole).indexOf(0xc3) + 1;
    let sent = this.peer.sentBytes;
    for (const piece of [whole.slice(0, 2), whole.slice(2, 4), whole.slice(4, accent), whole.slice(accent)]) {
      this.peer.send(piece);
      sent += piece.length;
      const isRead = (): boolean =>
        this.peer.sentBytes === sent && this.#gateway.hasRead(this.peer.localPort);
      await awaitEvidence(() => this.peer.ended !== undefined || isRead(), "the gateway read each piece");
    }
  }

  /**
   * Waits until all of these have come behind those before, in this order. A receipt has to be the ledger's for that key.
   *
   * @param to what each of them replies to, where their keys do not tell
   */
  async hears(replies: string[], rule: string, to: string[] = []): Promise<void> {
    const before = this.#due.length;
    this.#due.push(...replies);
    const named = (reply: string, index: number): string =>
      to[index] === undefined ? reply : `${to[index]} → ${reply}`;
    const expected = replies.map(named);
    const all = (): string[] => this.replies.map((reply) => tell(reply, this.#gateway.ledger));
    const received = (): string[] => all().slice(before).map(named);
    const isOver = (): boolean => this.peer.ended !== undefined || all().length >= this.#due.length;
    await eventually(isOver, rule, { within: 700, expected, received });
    // What is right in front of what is wrong would fill the lines that are shown.
    const [due, got] = [expected, received()];
    const wrong = due.findIndex((reply, index) => reply !== got[index]);
    const from = Math.max(0, wrong - 1);
    expect(got.slice(from), rule).toEqual(due.slice(from));
  }

  /** Waits until the gateway ends its side. */
  async isEnded(rule: string, by: "FIN" | "FIN or RST" = "FIN or RST"): Promise<void> {
    const received = (): string => this.peer.ended ?? "nothing: the connection is still open";
    await eventually(() => this.peer.ended, rule, { within: 700, expected: by, received });
    if (by === "FIN") expect(this.peer.ended, rule).toBe("FIN");
  }

  isOpen(rule: string): void {
    expect(this.peer.ended ?? "open", rule).toBe("open");
  }
}

/** `order 1: 201, its receipt` */
function tell({ key, status, receipt }: PaymentReply, ledger: Ledger): string {
  if (receipt === undefined) return `${key || "(empty key)"}: ${status}`;
  const own = ledger.receipts().find(({ id }) => id === receipt);
  const whose = own === undefined ? "a receipt that is not in the ledger" : `the receipt of ${own.key}`;
  return `${key}: ${status}, ${own?.key === key ? "its receipt" : whose}`;
}
