import { randomUUID } from "node:crypto";
import { NetError } from "@tcpip-workshop/core/net-error";
import { keyFault, scopedKey } from "./idempotency-key.ts";
import { fresh, problem, type Reply, type StoredReply, storedReply } from "./reply.ts";
import type { Condition, KeyRow, Store, Write } from "./store.ts";
import { wholeNumber } from "@tcpip-workshop/core/whole-number";

export interface IdempotencyOptions {
  readonly store: Store;
  /**
   * Ms since 1970, default `Date.now`. The wall clock, for a lease outlives the process that took it, and a monotonic clock
   * starts anew with each. Where two machines' clocks differ, a lease ends early or late: that costs a second try or a wait,
   * never a second effect, for the store decides by owner and not by time.
   */
  readonly now?: () => number;
  /** How long the owner of a key is taken for alive, in ms. Longer than a request ever takes. Default 10,000. */
  readonly lease?: number;
  /** How long a key and its reply are kept, in ms, from the claim it was done under. Longer than any client retries. Default 24 h. */
  readonly retention?: number;
}

export interface IdempotentRequest {
  /** The Idempotency-Key; undefined when the client sent none. */
  readonly key: string | undefined;
  /**
   * Who asks, as authenticated: one client's keys are then not another's, who could otherwise read replies by guessing keys
   * (the draft, Security Considerations). 1 to 64 of `A–Z a–z 0–9 _ . ~ -`. For all requests on a store, or for none.
   */
  readonly client?: string;
  /** Of the payload, by `fingerprint`. */
  readonly fingerprint: string;
  /** What to do for the key: called once it is claimed, so seldom twice for one key, and never with two effects. */
  readonly plan: () => Plan | Promise<Plan>;
}

/** The effect, as writes that are made in one transaction with the key's reply; at most 99. */
export interface Plan {
  readonly writes: readonly Write[];
  readonly reply: StoredReply;
  /** The final reply when the condition of `writes[index]` did not hold: it is stored, and given again, as any other. */
  readonly refused: (index: number) => StoredReply | Promise<StoredReply>;
}

/** How often a claim is tried again when the row changes between looking and writing. */
const MAX_ROUNDS = 8;

/**
 * Does what each Idempotency-Key asks for once, however often it is asked, by however many processes on one store, whichever
 * of them dies: claim the key under a lease, then effect and reply in one transaction that only the owner can make.
 * Source: draft-ietf-httpapi-idempotency-key-header-07.
 */
export class Idempotency {
  readonly #store: Store;
  readonly #now: () => number;
  readonly #lease: number;
  readonly #retention: number;

  /** Throws `ARGUMENT_INVALID`. */
  constructor(options: IdempotencyOptions) {
    this.#store = options.store;
    this.#now = options.now ?? Date.now;
    this.#lease = wholeNumber("lease", options.lease ?? 10_000, 1, 86_400_000);
    const retention = options.retention ?? 86_400_000;
    this.#retention = wholeNumber("retention", retention, this.#lease, 3_155_760_000_000);
  }

  /**
   * The plan's reply, or the one that was given to the key before. 400 without a proper key, 409 while another works on it,
   * 422 for another fingerprint, 503 when the store is out of reach: none of these is stored. Throws what `plan` throws, and
   * `ARGUMENT_INVALID` for a malformed `client`.
   */
  async handle(request: IdempotentRequest): Promise<Reply> {
    const fault = keyFault(request.key);
    if (request.key === undefined || fault !== undefined) {
      return fresh(problem(400, "Idempotency-Key is missing or malformed", fault ?? ""));
    }
    const key = scopedKey(request.client, request.key);
    // fresh for each request: whoever was taken for dead meets another's token
    const owner = randomUUID();
    try {
      const claimed = await this.#claim(key, request.fingerprint, owner);
      return "state" in claimed ? await this.#finish(claimed, await request.plan()) : claimed;
    } catch (error) {
      await this.#release(key, owner);
      if (error instanceof NetError && error.code === "STORE_UNAVAILABLE") {
        return unavailable();
      }
      throw error;
    }
  }

  /** The row that makes us the key's owner, or the reply when somebody else is, or was. */
  async #claim(key: string, fingerprint: string, owner: string): Promise<KeyRow | Reply> {
    let seen: KeyRow | undefined;
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const now = this.#now();
      const reply = seen && this.#answer(seen, fingerprint, now);
      if (reply) {
        return reply;
      }
      const row = this.#claimOf(key, fingerprint, owner, now);
      const when: Condition<KeyRow> = seen ? { owner: seen.owner, state: seen.state } : "absent";
      const claim = await this.#store.transact([{ put: "keys", row, when }]);
      if (claim.done) {
        return row;
      }
      seen = await this.#store.get("keys", key);
      // a claim that was written, and its reply lost on the way from the store
      if (seen?.owner === owner) {
        return seen;
      }
    }
    return inFlight(this.#lease);
  }

  #claimOf(id: string, fingerprint: string, owner: string, now: number): KeyRow {
    const [leaseUntil, expiresAt] = [now + this.#lease, now + this.#retention];
    return { id, fingerprint, state: "in flight", owner, leaseUntil, status: null, body: null, expiresAt };
  }

  /** What a row says to the next with its key; undefined when it may be taken over. */
  #answer(row: KeyRow, fingerprint: string, now: number): Reply | undefined {
    // DynamoDB deletes some days late: what is over is over whether it is still there or not
    if (row.expiresAt !== undefined && row.expiresAt <= now) {
      return undefined;
    }
    if (row.fingerprint !== fingerprint) {
      return fresh(problem(422, "Idempotency-Key is already used", "It came with another payload before"));
    }
    if (row.state === "done") {
      return { ...storedReply(row), replayed: true };
    }
    return row.leaseUntil > now ? inFlight(row.leaseUntil - now) : undefined;
  }

  async #finish(claim: KeyRow, plan: Plan): Promise<Reply> {
    const effect = await this.#store.transact([done(claim, plan.reply), ...plan.writes]);
    if (effect.done) {
      return fresh(plan.reply);
    }
    if (effect.refused === 0) {
      return this.#overtaken(claim);
    }
    const reply = await plan.refused(effect.refused - 1);
    const stored = await this.#store.transact([done(claim, reply)]);
    return stored.done ? fresh(reply) : this.#overtaken(claim);
  }

  /** We are not the owner any more, or have finished without hearing of it. */
  async #overtaken(claim: KeyRow): Promise<Reply> {
    const row = await this.#store.get("keys", claim.id);
    if (row?.state === "done" && row.fingerprint === claim.fingerprint) {
      return { ...storedReply(row), replayed: row.owner !== claim.owner };
    }
    return inFlight(row ? Math.max(1, row.leaseUntil - this.#now()) : 1);
  }

  /**
   * Ends our lease, so that the next try need not wait for it; the row stays, for its fingerprint. Safe even when nobody
   * knows whether the effect was written: then the row is done, and is not touched.
   */
  async #release(key: string, owner: string): Promise<void> {
    try {
      const row = await this.#store.get("keys", key);
      if (row?.owner === owner && row.state === "in flight") {
        await this.#store.transact([
          { put: "keys", row: { ...row, leaseUntil: this.#now() }, when: { owner, state: "in flight" } },
        ]);
      }
    } catch {
      // the lease ends by itself; the first error is the one to tell
    }
  }
}

/** Fenced: written only by the owner, and once. */
function done(claim: KeyRow, reply: StoredReply): Write {
  return {
    put: "keys",
    row: { ...claim, state: "done", status: reply.status, body: reply.body },
    when: { owner: claim.owner, state: "in flight" },
  };
}

function inFlight(retryAfter: number): Reply {
  const title = "A request is outstanding for this Idempotency-Key";
  return { ...fresh(problem(409, title, "Its outcome is not known yet; try again")), retryAfter };
}

function unavailable(): Reply {
  const detail = "Whether the request was done is not known; try again with the same Idempotency-Key";
  return { ...fresh(problem(503, "The store is out of reach", detail)), retryAfter: 1000 };
}
