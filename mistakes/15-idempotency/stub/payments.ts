import { SqliteStore } from "@tcpip-workshop/idempotency/sqlite";
import type { Gate, Store } from "@tcpip-workshop/idempotency/store";

export interface Payment {
  account: string;
  /** In cents. */
  amount: number;
}

export interface PaymentRequest extends Payment {
  /** The Idempotency-Key: made by the client, the same for all attempts at one payment. A request may come without one. */
  key?: string;
}

export interface Reply {
  /** As in HTTP. */
  status: number;
  /** The receipt's id when the status is 201. Otherwise a sentence of yours. */
  body: string;
}

/**
 * Asks the fraud desk, in another building: resolves to false when it says no. Rejects when nobody answers. It may be asked
 * again about the same request.
 */
export type Check = (request: PaymentRequest) => Promise<boolean>;

/** Milliseconds since 1970. */
export type Clock = () => number | Promise<number>;

export interface OpenOptions {
  /** The SQLite file. */
  file: string;
  check: Check;
  now: Clock;
  /** For the tests: awaited before and after each operation of the store. */
  gate?: Gate;
}

export interface PayOptions {
  /** The most requests that are sent, the first one counted. */
  attempts: number;
  /** A key that nobody has ever had. */
  newKey: () => string | Promise<string>;
  /** The pause before the next attempt. @param failures how many attempts have failed so far */
  wait: (failures: number) => Promise<void>;
}

/** Milliseconds from a claim on: so long its owner is taken for alive. At this moment the lease is over. */
export const leaseTime = 10_000;

/** Given. The service, on a file that it may share with others. */
export async function openPayments(options: OpenOptions): Promise<Payments> {
  return new Payments(await SqliteStore.open(options), options.check, options.now);
}

export class Payments {
  constructor(store: Store, check: Check, now: Clock) {
    // TODO: keep what you need.
  }

  /**
   * Takes the amount from the account, once for each key, whatever happens and however often it is asked. Never rejects.
   *
   * 201 taken · 402 there is not enough · 403 the check said no · 404 no such account: final, stored with the key, and given
   * again whenever the key comes again.
   *
   * 400 no valid request · 409 the key is in flight · 422 the key belongs to another payment · 503 the check or the store
   * failed: nothing is stored.
   */
  async charge(request: PaymentRequest): Promise<Reply> {
    // TODO: claim the key, ask the check, then money, receipt and reply in one transaction.
    throw new Error("not implemented");
  }

  /** Closes the store. */
  async close(): Promise<void> {
    // TODO
    throw new Error("not implemented");
  }
}

/**
 * The client's side: sends one payment until its fate is known.
 *
 * @param send rejects when the connection was lost: then nobody knows whether the payment was made
 * @returns the first reply that is neither 409 nor 503; the last attempt's, whatever it is
 * @throws what the last attempt threw
 */
export async function pay(
  send: (request: PaymentRequest) => Promise<Reply>,
  payment: Payment,
  options: PayOptions,
): Promise<Reply> {
  // TODO: which key does each attempt carry?
  throw new Error("not implemented");
}
