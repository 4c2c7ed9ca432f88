// Mistake: believes that giving back cannot fail
// Caught by: stores no failure that says nothing of the payment
// Tell: The store was down, and `charge` rejected: by the giving back in its `catch`, or by an operation
//   that no `try` covers. Swallow the one and cover the other: the reply is 503, and the lease will end.

import { createHash, randomUUID } from "node:crypto";
import { SqliteStore } from "@tcpip-workshop/idempotency/sqlite";
import type { Gate, KeyRow, Store, Write } from "@tcpip-workshop/idempotency/store";

export interface Payment {
  account: string;
  /** In cents. */
  amount: number;
}

export interface PaymentRequest extends Payment {
  key?: string;
}

export interface Reply {
  status: number;
  body: string;
}

export type Check = (request: PaymentRequest) => Promise<boolean>;
export type Clock = () => number | Promise<number>;

export interface OpenOptions {
  file: string;
  check: Check;
  now: Clock;
  gate?: Gate;
}

export interface PayOptions {
  attempts: number;
  newKey: () => string | Promise<string>;
  wait: (failures: number) => Promise<void>;
}

export const leaseTime = 10_000;

export async function openPayments(options: OpenOptions): Promise<Payments> {
  return new Payments(await SqliteStore.open(options), options.check, options.now);
}

export class Payments {
  readonly #store: Store;
  readonly #check: Check;
  readonly #now: Clock;

  constructor(store: Store, check: Check, now: Clock) {
    this.#store = store;
    this.#check = check;
    this.#now = now;
  }

  async charge(request: PaymentRequest): Promise<Reply> {
    const { key, account, amount } = request;
    if (!isKey(key) || !isAmount(amount))
      return { status: 400, body: "expected a key, and a positive amount" };
    const owner = randomUUID();
    try {
      const claim = await this.#newClaim(key, fingerprintOf(request), owner);
      const earlier = await this.#claim(claim);
      if (earlier) return earlier;
      if (!(await this.#check(request))) return await this.#finish(claim, 403, "the check said no");
      const receipt = { id: randomUUID(), account, amount, key };
      return await this.#finish(claim, 201, receipt.id, [
        { add: "accounts", id: account, amount: -amount, atLeast: 0 },
        { put: "receipts", row: receipt, when: "absent" },
      ]);
    } catch {
      await this.#giveBack(key, owner);
      return { status: 503, body: "nothing is known: try again with the same key" };
    }
  }

  close(): Promise<void> {
    return this.#store.close();
  }

  async #newClaim(id: string, fingerprint: string, owner: string): Promise<KeyRow> {
    const leaseUntil = (await this.#now()) + leaseTime;
    return { id, fingerprint, state: "in flight", owner, leaseUntil, status: null, body: null };
  }

  /** @returns undefined when the key is ours; otherwise the reply */
  async #claim(claim: KeyRow): Promise<Reply | undefined> {
    // Each round is lost to somebody who was faster, so there will not be many.
    for (let round = 0; round < 5; round++) {
      const first = await this.#store.transact([{ put: "keys", row: claim, when: "absent" }]);
      if (first.done) return undefined;
      const found = await this.#store.get("keys", claim.id);
      if (!found) continue; // given back meanwhile
      const isAbandoned = found.state === "in flight" && claim.leaseUntil - leaseTime >= found.leaseUntil;
      if (!isAbandoned || found.fingerprint !== claim.fingerprint) return replyOf(found, claim);
      const when = { owner: found.owner, state: "in flight" } as const;
      const second = await this.#store.transact([{ put: "keys", row: claim, when }]);
      if (second.done) return undefined;
    }
    return inFlight;
  }

  /** The reply, and what it tells of: together, and only while the key is still ours. */
  async #finish(claim: KeyRow, status: number, body: string, effect: Write[] = []): Promise<Reply> {
    const row: KeyRow = { ...claim, state: "done", status, body };
    const when = { owner: claim.owner, state: "in flight" } as const;
    const result = await this.#store.transact([{ put: "keys", row, when }, ...effect]);
    if (result.done) return { status, body };
    // Somebody took us for dead, and it is their reply that counts.
    if (result.refused === 0) return replyOf(await this.#store.get("keys", claim.id), claim);
    const [money] = effect;
    const isKnown = money && "add" in money && (await this.#store.get("accounts", money.id));
    return isKnown
      ? this.#finish(claim, 402, "there is not enough")
      : this.#finish(claim, 404, "no such account");
  }

  async #giveBack(id: string, owner: string): Promise<void> {
    const write = { remove: "keys", id, when: { owner, state: "in flight" } } as const;
    await this.#store.transact([write]);
  }
}

export async function pay(
  send: (request: PaymentRequest) => Promise<Reply>,
  payment: Payment,
  { attempts, newKey, wait }: PayOptions,
): Promise<Reply> {
  const key = await newKey();
  for (let failures = 0; ;) {
    const isLast = failures + 1 >= attempts;
    try {
      const reply = await send({ ...payment, key });
      if (isLast || (reply.status !== 409 && reply.status !== 503)) return reply;
    } catch (error) {
      if (isLast) throw error;
    }
    failures += 1;
    await wait(failures);
  }
}

const inFlight: Reply = { status: 409, body: "a request with this key is under way" };

/** What another request with this key is told. */
function replyOf(found: KeyRow | undefined, { fingerprint }: KeyRow): Reply {
  if (found && found.fingerprint !== fingerprint)
    return { status: 422, body: "this key belongs to another payment" };
  if (!found || found.status === null || found.body === null) return inFlight;
  return { status: found.status, body: found.body };
}

function fingerprintOf({ account, amount }: Payment): string {
  // An array in JSON says where one field ends: "7" and 150 are not "71" and 50.
  return createHash("sha256")
    .update(JSON.stringify([account, amount]))
    .digest("hex");
}

function isKey(key: string | undefined): key is string {
  return key !== undefined && key.length > 0 && key.length <= 255;
}

function isAmount(amount: number): boolean {
  return Number.isSafeInteger(amount) && amount > 0;
}
