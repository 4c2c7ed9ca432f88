import { LengthPrefixedDecoder } from "@tcpip-workshop/core/framing";
import { lengthPrefixed, type Boundary } from "@tcpip-workshop/faults/tcp";
import type { PaymentReply, PaymentRequest } from "../gateway.ts";

/** Reads along where the proxy tells requests and replies apart: what was said, whatever became of it. */
export class Exchanges {
  /** Requests for each key. */
  readonly requests = new Map<string, number>();
  /** Requests that said that nothing was left of their time. */
  tooLate = 0;
  /** Replies with a receipt. */
  receipts = 0;
  /** Replies 504. */
  refusals = 0;

  get sum(): number {
    return this.requests.values().reduce((sum, count) => sum + count, 0);
  }

  readonly boundary: Boundary = () => {
    const ends = lengthPrefixed()();
    const decoder = new LengthPrefixedDecoder();
    return (chunk) => {
      for (const frame of decoder.push(chunk)) this.#note(new TextDecoder().decode(frame));
      return ends(chunk);
    };
  };

  #note(text: string): void {
    let message: Partial<PaymentRequest & PaymentReply>;
    try {
      message = JSON.parse(text) as typeof message;
    } catch {
      // Whose message that is, and what he makes of it, others judge.
      return;
    }
    const { key = "", remaining, status } = message;
    if (status === 201) this.receipts++;
    if (status === 504) this.refusals++;
    if (status !== undefined) return;
    this.requests.set(key, (this.requests.get(key) ?? 0) + 1);
    if (!(remaining !== undefined && remaining > 0)) this.tooLate++;
  }
}
