// Mistake: believes that the time begins with the connection
// Caught by: client: makes no call when the time is over
// Tell: What an attempt still has was worked out before its turn came. The turn took most of it; look again
//   when the connection is yours.
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { backoffDelays, type Deadline, deadlineIn } from "@tcpip-workshop/core/deadline";
import { encodeFrame, LengthPrefixedDecoder } from "@tcpip-workshop/core/framing";
import { Pool } from "@tcpip-workshop/tcp-echo/pool";
import type { PaymentReply, PaymentRequest } from "./gateway.ts";

export interface PaymentClientOptions {
  host: string;
  port: number;
  /** So many connections at once, at the most. */
  size: number;
  /** All times in milliseconds. For one handshake. */
  connectTimeout: number;
  /** For the reply to one attempt, from its request on. */
  replyTimeout: number;
  /** For the whole payment, from the call of `pay` on: turns, handshakes, attempts, pauses. */
  totalTimeout: number;
  /** How long a connection without a payment is kept. Shorter than the gateway's. */
  idleTimeout: number;
  /** How often it is tried at the most, the first time counted. A handshake that fails counts too. */
  attempts: number;
  /** The pause before attempt n + 1 is chance, from 0 to backoff × 2ⁿ⁻¹, and to 16 × backoff at the most. */
  backoff: number;
}

export interface Payment {
  account: string;
  /** In cents: a whole number from 1. */
  amount: number;
  /** The Idempotency-Key. Without it the client makes one up: one for the payment, not for the attempt. */
  key?: string;
}

export interface Receipt {
  /** The receipt's id, from the gateway. */
  id: string;
  key: string;
}

export type PaymentErrorCode =
  /** 402. Final: nothing was charged. */
  | "DECLINED"
  /** 400 or 422. Final: what was asked is wrong, and nothing was charged for it. */
  | "REJECTED"
  /** Time or attempts are over, and nothing can have been charged: no request was written, or each was answered 504. */
  | "NOT_CHARGED"
  /** Time or attempts are over, and at least one request got no reply: it was charged once, or not at all. */
  | "UNKNOWN"
  /** `pay` was called after `close`. */
  | "CLOSED";

/** `new PaymentError("UNKNOWN", "Expected a reply within 400 ms, got none in 3 attempts")` */
export class PaymentError extends Error {
  override readonly name = "PaymentError";
  readonly code: PaymentErrorCode;

  constructor(code: PaymentErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Pays at a gateway, over at most `size` connections. */
export class PaymentClient {
  readonly #options: PaymentClientOptions;
  readonly #pool: Pool<Connection>;
  readonly #underWay = new Set<Promise<Receipt>>();
  #isClosed = false;

  constructor(options: PaymentClientOptions) {
    const { host, port, size, idleTimeout, connectTimeout: openTimeout } = options;
    this.#options = options;
    this.#pool = new Pool<Connection>({
      size,
      idleTimeout,
      openTimeout,
      open: async (signal) =>
        new Connection(await handshake(host, port, signal), (dead) => this.#pool.remove(dead)),
      close: async (connection) => await connection.close(),
      isAlive: (connection) => connection.isAlive,
    });
  }

  /** Resolves with the receipt. Rejects with a `PaymentError`, in time, and then makes no call for this payment any more. */
  async pay(payment: Payment): Promise<Receipt> {
    if (this.#isClosed)
      throw new PaymentError("CLOSED", "Expected an open client, got a payment after close()");
    const paying = this.#pay({ key: randomUUID(), ...payment });
    this.#underWay.add(paying);
    return await paying.finally(() => this.#underWay.delete(paying));
  }

  /** Takes no more payments, finishes those under way, and closes its connections. Resolves when no socket is left. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.allSettled(this.#underWay);
    await this.#pool.close();
  }

  async #pay(payment: Required<Payment>): Promise<Receipt> {
    const { totalTimeout, attempts, backoff } = this.#options;
    const deadline = deadlineIn(totalTimeout, performance.now());
    const pauses = backoffDelays({ first: backoff, max: 16 * backoff, random: Math.random });
    let code: PaymentErrorCode = "NOT_CHARGED";
    let cause: unknown;
    for (let attempt = 1; ; attempt++) {
      try {
        const reply = await this.#attempt(payment, deadline);
        if (reply.status !== 504) return settle(reply);
      } catch (error) {
        if (error instanceof PaymentError) throw error;
        if (error instanceof NoReply) code = "UNKNOWN";
        cause = error;
      }
      const pause = pauses.next().value;
      if (attempt >= attempts || pause >= deadline.remaining(performance.now())) {
        throw new PaymentError(code, "Expected a receipt, got none in time", { cause });
      }
      await sleep(pause);
    }
  }

  /** One request, if there is time for it. Afterwards its connection is idle, or gone. Rejects, with `NoReply` behind the request. */
  async #attempt(payment: Required<Payment>, deadline: Deadline): Promise<PaymentReply> {
    const remaining = Math.floor(Math.min(this.#options.replyTimeout, deadline.remaining(performance.now())));
    const left = (): number => deadline.remaining(performance.now());
    return await this.#pool.use(
      async (connection) => {
        if (remaining < 1) throw new Error("Expected time for a request, got none");
        return await connection.ask({ ...payment, remaining });
      },
      { timeout: Math.max(1, left()) },
    );
  }
}

/** What a final reply means to whoever pays. */
function settle({ key, status, receipt }: PaymentReply): Receipt {
  if (status === 201 && receipt !== undefined) return { id: receipt, key };
  if (status === 402) throw new PaymentError("DECLINED", "Expected the account to have so much, got 402");
  throw new PaymentError("REJECTED", `Expected the payment to be one, got ${status}`);
}

/** The request has gone, and nobody knows how far. */
class NoReply extends Error {
  override readonly name = "NoReply";
}

/** Rejects when the gateway refuses, or when the signal aborts. */
async function handshake(host: string, port: number, signal: AbortSignal): Promise<Socket> {
  const socket = connect({ host, port, noDelay: true });
  try {
    await once(socket, "connect", { signal });
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

/** A connection with one request at a time. Whatever is not the reply to it ends the connection. */
class Connection {
  isAlive = true;
  readonly #socket: Socket;
  readonly #died: (it: Connection) => void;
  readonly #decoder = new LengthPrefixedDecoder();
  #waiting: PromiseWithResolvers<Uint8Array> | undefined;

  /** `died` is told once. */
  constructor(socket: Socket, died: (it: Connection) => void) {
    this.#socket = socket;
    this.#died = died;
    socket.on("data", (chunk: Buffer) => this.#receive(chunk));
    socket.on("end", () => this.#die("Expected a reply, got a FIN"));
    socket.on("error", (error) => this.#die(`Expected a reply, got ${error.message}`));
    socket.on("close", () => this.#die("Expected a reply, got the end of the connection"));
  }

  /** Rejects with `NoReply` when none has come within `remaining`, or none can come any more. */
  async ask(request: PaymentRequest): Promise<PaymentReply> {
    this.#waiting = Promise.withResolvers();
    const timer = setTimeout(() => this.#die("Expected a reply, got none in time"), request.remaining);
    this.#socket.write(encodeFrame(new TextEncoder().encode(JSON.stringify(request))));
    try {
      const reply = JSON.parse(new TextDecoder().decode(await this.#waiting.promise)) as PaymentReply;
      // A belt beside the braces: after a time-out the connection is closed, so a late reply should find nobody.
      if (reply.key !== request.key) throw new NoReply(`Expected the reply to ${request.key}, got another`);
      return reply;
    } finally {
      clearTimeout(timer);
    }
  }

  async close(): Promise<void> {
    this.#die("closed");
    if (!this.#socket.closed) await once(this.#socket, "close");
  }

  #receive(chunk: Buffer): void {
    try {
      for (const frame of this.#decoder.push(chunk)) {
        if (this.#waiting === undefined) throw new Error("one that nobody has asked for");
        this.#waiting.resolve(frame);
        this.#waiting = undefined;
      }
    } catch (error) {
      this.#die(`Expected the frame of a reply, got ${String(error)}`);
    }
  }

  #die(why: string): void {
    if (!this.isAlive) return;
    this.isAlive = false;
    this.#socket.destroy();
    this.#waiting?.reject(new NoReply(why));
    this.#died(this);
  }
}
