import { fingerprint } from "./fingerprint.ts";
import { Idempotency, type IdempotencyOptions, type IdempotentRequest, type Plan } from "./idempotency.ts";
import { keyFault, scopedKey } from "./idempotency-key.ts";
import { fresh, problem, type Reply, type StoredReply } from "./reply.ts";
import type { Store } from "./store.ts";

export interface PaymentRequest extends Pick<IdempotentRequest, "client" | "key"> {
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
    const { client, key } = request;
    const id = scopedKey(client, key);
    return this.#idempotency.handle({
      key,
      ...(client !== undefined && { client }),
      fingerprint: fingerprint({ account, amount }),
      plan: () => this.#plan(id, account, amount),
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

function usedLongAgo(): StoredReply {
  return problem(
    422,
    "Idempotency-Key is already used",
    "It was paid for before; its reply is no longer kept",
  );
}
