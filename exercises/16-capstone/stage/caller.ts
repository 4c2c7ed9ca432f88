import { encodeFrame, LengthPrefixedDecoder } from "@tcpip-workshop/core/framing";
import type { SocketEntry } from "@tcpip-workshop/diagnostics/sockets";
import { ScriptedPeer } from "@tcpip-workshop/faults/tcp";
import { awaitEvidence, eventually, expect, timeline } from "@tcpip-workshop/grader/suite";
import type { PaymentReply, PaymentRequest } from "../gateway.ts";
import type { Ledger } from "./ledger.ts";

/** A request as tests write it: what is left out is all right. */
export type Asked = Partial<Record<keyof PaymentRequest, unknown>>;

/** The bytes of a request. */
export function request(asked: Asked): Uint8Array {
  return frame(JSON.stringify({ key: "order 1", account: "café", amount: 300, remaining: 10_000, ...asked }));
}

export function frame(text: string): Uint8Array {
  return encodeFrame(new TextEncoder().encode(text));
}

/** A client that speaks to the gateway byte by byte, and never closes by itself. */
export class Caller implements AsyncDisposable {
  static async connect(port: number, name = "the client"): Promise<Caller> {
    const peer = await ScriptedPeer.connect(port);
    timeline(name, peer);
    return new Caller(peer);
  }

  readonly peer: ScriptedPeer;

  private constructor(peer: ScriptedPeer) {
    this.peer = peer;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.peer[Symbol.asyncDispose]();
  }

  get replies(): PaymentReply[] {
    const frames = new LengthPrefixedDecoder().push(this.peer.bytes);
    return frames.map((payload) => JSON.parse(new TextDecoder().decode(payload)) as PaymentReply);
  }

  ask(asked: Asked = {}): void {
    this.peer.send(request(asked));
  }

  /** Sends the pieces, each when the gateway has read what came before. */
  async sendInPieces(pieces: Uint8Array[], gateway: { sockets(): SocketEntry[] }): Promise<void> {
    const { localPort } = this.peer;
    let sent = this.peer.sentBytes;
    for (const piece of pieces) {
      this.peer.send(piece);
      sent += piece.length;
      const isRead = (): boolean =>
        this.peer.sentBytes === sent &&
        gateway.sockets().some(({ remote, recvQ }) => remote.port === localPort && recvQ === 0);
      await awaitEvidence(() => this.peer.ended !== undefined || isRead(), "the gateway read each piece");
    }
  }

  /** Waits until all of these have come, in this order. A receipt has to be the ledger's for that key. */
  async hears(ledger: Ledger, expected: string[], rule: string): Promise<void> {
    const received = (): string[] => this.replies.map((reply) => tell(reply, ledger));
    const isOver = (): boolean => this.peer.ended !== undefined || received().length >= expected.length;
    await eventually(isOver, rule, { within: 700, expected, received });
    expect(received(), rule).toEqual(expected);
  }

  /** Waits until the gateway ends its side. */
  async isEnded(rule: string, by: "FIN" | "FIN or RST" = "FIN or RST"): Promise<void> {
    const received = (): string => this.peer.ended ?? "still open";
    await eventually(() => this.peer.ended, rule, { within: 700, expected: by, received });
    if (by === "FIN") expect(this.peer.ended, rule).toBe("FIN");
  }
}

/** `order 1: 201, its receipt` */
function tell({ key, status, receipt }: PaymentReply, ledger: Ledger): string {
  if (receipt === undefined) return `${key}: ${status}`;
  const own = ledger.receipts().find(({ id }) => id === receipt);
  const whose = own === undefined ? "a receipt that is not in the ledger" : `the receipt of ${own.key}`;
  return `${key}: ${status}, ${own?.key === key ? "its receipt" : whose}`;
}
