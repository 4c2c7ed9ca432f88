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
  constructor(options: PaymentClientOptions) {
    // TODO: a pool, and what else it has to keep.
    void options;
  }

  /** Resolves with the receipt. Rejects with a `PaymentError`, in time, and then makes no call for this payment any more. */
  async pay(payment: Payment): Promise<Receipt> {
    // TODO: behind the gateway; the order in which to build it is in the lesson.
    throw new Error("not implemented");
  }

  /** Takes no more payments, finishes those under way, and closes its connections. Resolves when no socket is left. */
  async close(): Promise<void> {
    // TODO
    throw new Error("not implemented");
  }
}
