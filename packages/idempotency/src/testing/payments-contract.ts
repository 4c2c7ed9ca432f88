import { describe, expect, test } from "vitest";
import { PaymentHandler } from "../payment-handler.ts";
import type { Reply } from "../reply.ts";
import type { Gate, Store } from "../store.ts";
import { type Fault, FlakyStore } from "./flaky-store.ts";
import { holdAt } from "./hold-at.ts";

type Opened = Store & AsyncDisposable;

/** A store that is empty, and others on the same rows with gates of their own. */
export interface Shelf extends AsyncDisposable {
  open(gate?: Gate): Promise<Opened>;
}

const LEASE = 10_000;
const DAY = 86_400_000;

/** What the payment handler does on any store. */
export function paymentsContract(newShelf: () => Promise<Shelf>): void {
  describe("a payment", () => {
    test("is made, and its reply replayed to each that has the key", async () => {
      await using bank = await openBank(newShelf, 100);
      const first = await bank.pay("k1", 30);
      expect(first).toEqual({
        status: 201,
        body: '{"receipt":"k1","account":"alice","amount":30}',
        replayed: false,
      });
      expect(await bank.pay("k1", 30)).toEqual({ ...first, replayed: true });
      expect(await bank.pay("k1", 30)).toEqual({ ...first, replayed: true });
      expect(await bank.balance()).toBe(70);
      expect(await bank.pay("k2", 30)).toMatchObject({ status: 201, replayed: false });
      expect(await bank.balance()).toBe(40);
    });

    test("with the key of another payload is 422, and the first reply stays", async () => {
      await using bank = await openBank(newShelf, 100);
      await bank.pay("k1", 30);
      expect(await bank.pay("k1", 31)).toMatchObject({ status: 422, replayed: false });
      expect(await bank.pay("k1", 30, "bob")).toMatchObject({ status: 422 });
      expect(await bank.pay("k1", 30)).toMatchObject({ status: 201, replayed: true });
      expect(await bank.balance()).toBe(70);
    });

    test("without funds is 402, also when there are funds by the time of the retry", async () => {
      await using bank = await openBank(newShelf, 100);
      expect(await bank.pay("k1", 101)).toMatchObject({ status: 402, replayed: false });
      await bank.store.transact([{ add: "accounts", id: "alice", amount: 50 }]);
      expect(await bank.pay("k1", 101)).toMatchObject({ status: 402, replayed: true });
      expect(await bank.balance()).toBe(150);
      expect(await bank.pay("k2", 101)).toMatchObject({ status: 201 });
    });

    test("of the last cent is made", async () => {
      await using bank = await openBank(newShelf, 100);
      expect(await bank.pay("k1", 100)).toMatchObject({ status: 201 });
      expect(await bank.balance()).toBe(0);
    });

    test("from an account that is not there is 404, and is final", async () => {
      await using bank = await openBank(newShelf, 100);
      expect(await bank.pay("k1", 30, "nobody")).toMatchObject({ status: 404, replayed: false });
      expect(await bank.pay("k1", 30, "nobody")).toMatchObject({ status: 404, replayed: true });
    });

    test.each([undefined, "", "a".repeat(256), "käse", "a\nb"])(
      "with the key %j is 400, and nothing is kept",
      async (key) => {
        await using bank = await openBank(newShelf, 100);
        expect(await bank.pay(key, 30)).toMatchObject({ status: 400, replayed: false });
        expect(await bank.balance()).toBe(100);
      },
    );

    test.each([0, -1, 0.5, Number.NaN, Infinity, 2 ** 53])(
      "of %d is 400, and the key stays free",
      async (amount) => {
        await using bank = await openBank(newShelf, 100);
        expect(await bank.pay("k1", amount)).toMatchObject({ status: 400 });
        expect(await bank.pay("k1", 30)).toMatchObject({ status: 201 });
      },
    );

    test("of one client does not meet another's with the same key", async () => {
      await using bank = await openBank(newShelf, 100);
      const request = { key: "k1", account: "alice", amount: 30 };
      expect(await bank.payments.handle({ ...request, client: "shop" })).toMatchObject({ status: 201 });
      expect(await bank.payments.handle({ ...request, client: "kiosk" })).toMatchObject({
        status: 201,
        replayed: false,
      });
      expect(await bank.payments.handle({ ...request, client: "shop" })).toMatchObject({
        status: 201,
        replayed: true,
      });
      expect(await bank.balance()).toBe(40);
      await expect(bank.payments.handle({ ...request, client: "a/b" })).rejects.toMatchObject({
        code: "ARGUMENT_INVALID",
      });
    });
  });

  describe("a key in flight", () => {
    test("is 409 to others, with the time until its lease ends, and then its reply", async () => {
      const { gate, held, open } = holdAt("before transact", 2);
      await using bank = await openBank(newShelf, 100, gate);
      const slow = bank.pay("k1", 30);
      await held;
      bank.now += 4_000;
      const other = await bank.another();
      expect(await other.pay("k1", 30)).toMatchObject({
        status: 409,
        replayed: false,
        retryAfter: LEASE - 4_000,
      });
      // not the same request, whoever comes first
      expect(await other.pay("k1", 31)).toMatchObject({ status: 422 });
      open();
      expect(await slow).toMatchObject({ status: 201, replayed: false });
      expect(await other.pay("k1", 30)).toMatchObject({ status: 201, replayed: true });
      expect(await bank.balance()).toBe(70);
    });

    test("is paid once when 50 come at once", async () => {
      // 50 claims come to the gate; the next is the effect, and waits until the 49 others have gone
      const { gate, held, open } = holdAt("before transact", 51);
      await using bank = await openBank(newShelf, 1_000, gate);
      const replies: Reply[] = [];
      const { promise: othersGone, resolve } = Promise.withResolvers<void>();
      const all = Array.from({ length: 50 }, async () => {
        if (replies.push(await bank.pay("k1", 30)) === 49) {
          resolve();
        }
      });
      await Promise.all([held, othersGone]);
      expect(replies.map(({ status }) => status)).toEqual(Array.from({ length: 49 }, () => 409));
      open();
      await Promise.all(all);
      expect(replies.at(-1)).toMatchObject({ status: 201, replayed: false });
      expect(await bank.balance()).toBe(970);
    });

    test("is taken over when the lease is over, not a millisecond before, and by one only", async () => {
      const { gate, held } = holdAt("before transact", 2);
      await using bank = await openBank(newShelf, 100, gate);
      void bank.pay("k1", 30);
      await held;
      const other = await bank.another();
      bank.now += LEASE - 1;
      expect(await other.pay("k1", 30)).toMatchObject({ status: 409, retryAfter: 1 });
      bank.now += 1;
      expect(await other.pay("k1", 31)).toMatchObject({ status: 422 });
      const replies = await Promise.all(Array.from({ length: 10 }, () => other.pay("k1", 30)));
      expect(replies.filter(({ status, replayed }) => status === 201 && !replayed)).toHaveLength(1);
      expect(await bank.balance()).toBe(70);
    });

    test("that two have seen lapse is taken over by the first, and not again by the second", async () => {
      const dead = holdAt("before transact", 2);
      await using bank = await openBank(newShelf, 100, dead.gate);
      void bank.pay("k1", 30);
      await dead.held;
      bank.now += LEASE;
      // both: a claim that is refused, a look, a takeover; the second waits before it, the first before its effect
      const late = holdAt("before transact", 2);
      const takingLate = (await bank.another(late.gate)).pay("k1", 30);
      await late.held;
      const early = holdAt("before transact", 3);
      const takingEarly = (await bank.another(early.gate)).pay("k1", 30);
      await early.held;
      late.open();
      expect(await takingLate).toMatchObject({ status: 409 });
      early.open();
      expect(await takingEarly).toMatchObject({ status: 201, replayed: false });
    });

    test("that was taken over and done: its first owner, slow and not dead, gives the other's reply", async () => {
      const { gate, held, open } = holdAt("before transact", 2);
      await using bank = await openBank(newShelf, 100, gate);
      const slow = bank.pay("k1", 30);
      await held;
      bank.now += LEASE;
      const other = await bank.another();
      const reply = await other.pay("k1", 30);
      expect(reply).toMatchObject({ status: 201, replayed: false });
      open();
      expect(await slow).toEqual({ ...reply, replayed: true });
      expect(await bank.balance()).toBe(70);
    });

    test("that was taken over and not done yet: its first owner can no longer finish", async () => {
      const first = holdAt("before transact", 2);
      await using bank = await openBank(newShelf, 100, first.gate);
      const slow = bank.pay("k1", 30);
      await first.held;
      bank.now += LEASE;
      const second = holdAt("before transact", 3);
      const other = await bank.another(second.gate);
      const taking = other.pay("k1", 30);
      await second.held;
      first.open();
      expect(await slow).toMatchObject({ status: 409, retryAfter: LEASE });
      expect(await bank.balance()).toBe(100);
      second.open();
      expect(await taking).toMatchObject({ status: 201, replayed: false });
      expect(await bank.balance()).toBe(70);
    });

    test("that nobody has taken over is finished by its owner, however late", async () => {
      const { gate, held, open } = holdAt("before transact", 2);
      await using bank = await openBank(newShelf, 100, gate);
      const slow = bank.pay("k1", 30);
      await held;
      bank.now += 100 * LEASE;
      open();
      expect(await slow).toMatchObject({ status: 201, replayed: false });
    });

    test("a failure is fenced like a success", async () => {
      // claim, effect refused, then the failure that is to be stored
      const first = holdAt("before transact", 3);
      await using bank = await openBank(newShelf, 100, first.gate);
      const slow = bank.pay("k1", 130);
      await first.held;
      bank.now += LEASE;
      await bank.store.transact([{ add: "accounts", id: "alice", amount: 50 }]);
      const other = await bank.another();
      expect(await other.pay("k1", 130)).toMatchObject({ status: 201, replayed: false });
      first.open();
      expect(await slow).toMatchObject({ status: 201, replayed: true });
      expect(await bank.balance()).toBe(20);
    });
  });

  describe("a store that fails", () => {
    const N: Fault = "none";
    test.each([
      ["the claim's request", ["request lost"], false],
      ["the claim's reply", ["reply lost"], false],
      ["the effect's request", [N, "request lost"], false],
      ["the effect's reply", [N, "reply lost"], true],
    ] as const)("by %s is 503, and the retry at once pays, once", async (_what, faults, replayed) => {
      await using bank = await openBank(newShelf, 100);
      const flaky = new FlakyStore(bank.store, faults);
      const payments = new PaymentHandler({ store: flaky, now: () => bank.now });
      const request = { key: "k1", account: "alice", amount: 30 };
      expect(await payments.handle(request)).toMatchObject({
        status: 503,
        replayed: false,
        retryAfter: 1000,
      });
      expect(flaky.happened).toHaveLength(1);
      expect(await bank.pay("k1", 30)).toMatchObject({ status: 201, replayed });
      expect(await bank.balance()).toBe(70);
    });

    test("and goes on to fail leaves the key to its lease", async () => {
      await using bank = await openBank(newShelf, 100);
      const flaky = new FlakyStore(bank.store, [N, "request lost", "request lost"]);
      const payments = new PaymentHandler({ store: flaky, now: () => bank.now });
      expect(await payments.handle({ key: "k1", account: "alice", amount: 30 })).toMatchObject({
        status: 503,
      });
      expect(flaky.happened).toHaveLength(2);
      expect(await bank.pay("k1", 30)).toMatchObject({ status: 409, retryAfter: LEASE });
      bank.now += LEASE;
      expect(await bank.pay("k1", 30)).toMatchObject({ status: 201, replayed: false });
    });

    test("after the key was released is refused another payload still", async () => {
      await using bank = await openBank(newShelf, 100);
      const payments = new PaymentHandler({
        store: new FlakyStore(bank.store, [N, "request lost"]),
        now: () => bank.now,
      });
      await payments.handle({ key: "k1", account: "alice", amount: 30 });
      expect(await bank.pay("k1", 31)).toMatchObject({ status: 422 });
    });
  });

  describe("retention", () => {
    test("a key is kept for its time, and then a failure is forgotten", async () => {
      await using bank = await openBank(newShelf, 100);
      expect(await bank.pay("k1", 130)).toMatchObject({ status: 402 });
      await bank.store.transact([{ add: "accounts", id: "alice", amount: 50 }]);
      bank.now += DAY - 1;
      expect(await bank.pay("k1", 130)).toMatchObject({ status: 402, replayed: true });
      bank.now += 1;
      expect(await bank.pay("k1", 131)).toMatchObject({ status: 201, replayed: false });
    });

    test("a payment is not made again after its time: the receipt is in the way", async () => {
      await using bank = await openBank(newShelf, 100);
      await bank.pay("k1", 30);
      bank.now += DAY;
      expect(await bank.pay("k1", 30)).toMatchObject({ status: 422, replayed: false });
      expect(await bank.pay("k1", 30)).toMatchObject({ status: 422, replayed: true });
      expect(await bank.balance()).toBe(70);
    });
  });
}

/** Alice's account and a clock that stands still, until a test moves it. */
async function openBank(newShelf: () => Promise<Shelf>, balance: number, gate?: Gate) {
  const shelf = await newShelf();
  const store = await shelf.open();
  await store.transact([{ put: "accounts", row: { id: "alice", balance } }]);
  const opened: Opened[] = [store];
  const clerk = async (gate?: Gate) => {
    const store = await shelf.open(gate);
    opened.push(store);
    const payments = new PaymentHandler({ store, now: () => bank.now, lease: LEASE, retention: DAY });
    const pay = (key: string | undefined, amount: number, account = "alice"): Promise<Reply> =>
      payments.handle({ key, account, amount });
    return { payments, pay };
  };
  const bank = {
    now: 1_800_000_000_000,
    store,
    ...(await clerk(gate)),
    /** Another process, as far as the store can tell. */
    another: clerk,
    balance: async () => (await store.get("accounts", "alice"))?.balance,
    async [Symbol.asyncDispose]() {
      for (const store of opened) {
        await store.close();
      }
      await shelf[Symbol.asyncDispose]();
    },
  };
  return bank;
}
