import { LengthPrefixedDecoder } from "@tcpip-workshop/core/framing";
import { lengthPrefixed, type Boundary, type Fault } from "@tcpip-workshop/faults/tcp";
import type { PaymentReply, PaymentRequest } from "../gateway.ts";

/** A request or a reply, as it came to the proxy: what became of it there is another matter. */
export interface Message {
  /** As the proxy counts them. */
  connection: number;
  key: string;
  /** Of a reply. */
  status?: number;
}

/** Reads along where the proxy tells requests and replies apart: what was said, and over which connection. */
export class Exchanges {
  readonly messages: Message[] = [];
  /** Requests that said that nothing was left of their time. */
  tooLate = 0;
  #connection = 0;

  get requests(): Message[] {
    return this.messages.filter(({ status }) => status === undefined);
  }

  replies(status: number): Message[] {
    return this.messages.filter((message) => message.status === status);
  }

  /** Keys that were asked more than once. */
  get again(): Set<string> {
    const byKey = Map.groupBy(this.requests, ({ key }) => key);
    return new Set([...byKey].filter(([, { length }]) => length > 1).map(([key]) => key));
  }

  /** The payment that was under way on a connection when it ended. */
  lastOf(connection: number): string | undefined {
    return this.requests.findLast((message) => message.connection === connection)?.key;
  }

  /** Notes whose faults are planned: the boundaries asked for next are that connection's. */
  plan(faults: (connection: number) => Fault[]): (connection: number) => Fault[] {
    return (connection) => {
      this.#connection = connection;
      return faults(connection);
    };
  }

  readonly boundary: Boundary = () => {
    const connection = this.#connection;
    const ends = lengthPrefixed()();
    const decoder = new LengthPrefixedDecoder();
    return (chunk) => {
      for (const frame of decoder.push(chunk)) this.#note(connection, new TextDecoder().decode(frame));
      return ends(chunk);
    };
  };

  #note(connection: number, text: string): void {
    let message: Partial<PaymentRequest & PaymentReply>;
    try {
      message = JSON.parse(text) as typeof message;
    } catch {
      // Whose message that is, and what he makes of it, others judge.
      return;
    }
    const { key = "", remaining, status } = message;
    this.messages.push({ connection, key, ...(status !== undefined && { status }) });
    if (status === undefined && !(remaining !== undefined && remaining > 0)) this.tooLate++;
  }
}
