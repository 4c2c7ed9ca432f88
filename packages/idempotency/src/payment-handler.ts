import { NetError } from "@tcpip-workshop/core/net-error";
import { fingerprint } from "./fingerprint.ts";
import { Idempotency, type IdempotencyOptions, type Plan } from "./idempotency.ts";
import { keyFault } from "./idempotency-key.ts";
import { fresh, problem, type Reply, type StoredReply } from "./reply.ts";
import type { Store } from "./store.ts";

export interface PaymentRequest {
  /** The Idempotency-Key; undefined when the client sent none. */
  readonly key: string | undefined;
  /**
   * Who asks, as authenticated: one client's keys are then not another's, who could otherwise read replies by guessing keys
   * (the draft, Security Considerations). 1 to 64 of `A–Z a–z 0–9 _ . ~ -`. For all requests on a store, or for none.
   */
  readonly client?: string;
  readonly account: string;
  /** What to take from the account, in minor units (cents): a safe integer above 0. */
  readonly amount: number;
}

/** Takes payments from accounts in a store: each key once, the balance never below 0. */
export class PaymentHandler {
  readonly #store: Store;
  readonly #idempotency: Idempotency;

  /** Throws `ARGUMENT_INVALID`. */
  constructor(options: IdempotencyOptions) {
    this.#store = options.store;
    this.#idempotency = new Idempotency(options);
  }

  /**
   * 201 with the receipt, 402 when the balance is too low, 404 when there is no such account: final, stored, and replayed.
   * 400 for a request that is malformed; 409, 422, 503 as of `Idempotency`. Throws `ARGUMENT_INVALID` for a `client` that is.
   */
  async handle(request: PaymentRequest): Promise<Reply> {
    const { account, amount } = request;
    const fault = keyFault(request.key) ?? paymentFault(account, amount);
    if (request.key === undefined || fault !== undefined) {
      return fresh(problem(400, "The request is malformed", fault ?? ""));
    }
    const key = withClient(request.client, request.key);
    return this.#idempotency.handle({
      key,
      fingerprint: fingerprint({ account, amount }),
      plan: () => this.#plan(key, account, amount),
    });
  }

  #plan(key: string, account: string, amount: number): Plan {
    // The receipt has the key's id and is kept for ever: a retry that comes after the key's retention is refused by it.
    const receipt = { id: key, account, amount, key };
    return {
      writes: [
        { put: "receipts", row: receipt, when: "absent" },
        { add: "accounts", id: account, amount: -amount, atLeast: 0 },
      ],
      reply: { status: 201, body: JSON.stringify({ receipt: key, account, amount }) },
      refused: async (index) => (index === 0 ? usedLongAgo() : this.#unpaid(account)),
    };
  }

  async #unpaid(account: string): Promise<StoredReply> {
    return (await this.#store.get("accounts", account)) === undefined
      ? problem(404, "No such account", `Expected an account, got "${account}"`)
      : problem(402, "Insufficient funds", "Expected a balance of at least the amount, got less");
  }
}

function paymentFault(account: string, amount: number): string | undefined {
  if (typeof account !== "string" || account === "" || account.length > 255 || !account.isWellFormed()) {
    return "Expected an account of 1 to 255 characters";
  }
  return Number.isSafeInteger(amount) && amount > 0
    ? undefined
    : `Expected an amount in minor units above 0, got ${String(amount)}`;
}

function withClient(client: string | undefined, key: string): string {
  if (client === undefined) {
    return key;
  }
  if (!/^[\w.~-]{1,64}$/.test(client)) {
    throw new NetError(
      "ARGUMENT_INVALID",
      `Expected a client of 1 to 64 of A–Z a–z 0–9 _ . ~ -, got "${client}"`,
    );
  }
  return `${client}/${key}`;
}

function usedLongAgo(): StoredReply {
  return problem(
    422,
    "Idempotency-Key is already used",
    "It was paid for before; its reply is no longer kept",
  );
}
