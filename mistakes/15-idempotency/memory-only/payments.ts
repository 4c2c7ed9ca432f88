// Mistake: believes that a map in memory is a store
// Caught by: gives the stored reply to the same key, also after a restart
// Tell: The map dies with the process, and a second instance has another one. The key has to lie where
//   the money lies.

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
  readonly #replies = new Map<string, { fingerprint: string; reply?: Reply }>();

  constructor(store: Store, check: Check, now: Clock) {
    this.#store = store;
    this.#check = check;
    this.#now = now;
  }

  async charge(request: PaymentRequest): Promise<Reply> {
    const { key, account, amount } = request;
    if (!isKey(key) || !isAmount(amount))
      return { status: 400, body: "expected a key, and a positive amount" };
    const known = this.#replies.get(key);
    if (known && known.fingerprint !== fingerprintOf(request))
      return { status: 422, body: "this key belongs to another payment" };
    if (known) return known.reply ?? inFlight;
    this.#replies.set(key, { fingerprint: fingerprintOf(request) });
    const owner = randomUUID();
    try {
      const claim = await this.#newClaim(key, fingerprintOf(request), owner);
      if (!(await this.#check(request))) return await this.#finish(claim, 403, "the check said no");
      const receipt = { id: randomUUID(), account, amount, key };
      return await this.#finish(claim, 201, receipt.id, [
        { add: "accounts", id: account, amount: -amount, atLeast: 0 },
        { put: "receipts", row: receipt, when: "absent" },
      ]);
    } catch {
      this.#replies.delete(key);
      return { status: 503, body: "nothing is known: try again with the same key" };
    }
  }

  close(): Promise<void> {
    return this.#store.close();
  }

  #remember(key: string, fingerprint: string, reply: Reply): Reply {
    this.#replies.set(key, { fingerprint, reply });
    return reply;
  }

  async #newClaim(id: string, fingerprint: string, owner: string): Promise<KeyRow> {
    const leaseUntil = (await this.#now()) + leaseTime;
    return { id, fingerprint, state: "in flight", owner, leaseUntil, status: null, body: null };
  }

  /** The reply, and what it tells of: together, and only while the key is still ours. */
  async #finish(claim: KeyRow, status: number, body: string, effect: Write[] = []): Promise<Reply> {
    const result = effect.length === 0 ? { done: true } : await this.#store.transact(effect);
    if (result.done) return this.#remember(claim.id, claim.fingerprint, { status, body });
    const [money] = effect;
    const isKnown = money && "add" in money && (await this.#store.get("accounts", money.id));
    return isKnown
      ? this.#finish(claim, 402, "there is not enough")
      : this.#finish(claim, 404, "no such account");
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
