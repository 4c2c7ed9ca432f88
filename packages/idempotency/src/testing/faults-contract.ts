import { describe, expect, test } from "vitest";
import { PaymentHandler } from "../payment-handler.ts";
import { DAY, LEASE, openBank, type Shelf } from "./bank.ts";
import { type Fault, FlakyStore } from "./flaky-store.ts";
import { holdAt } from "./hold-at.ts";

/** What the payment handler does on any store: when the store fails, and when a key's time is over. */
export function faultsContract(newShelf: () => Promise<Shelf>): void {
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

    test("and a key that another has taken by the time it is released stays the other's", async () => {
      await using bank = await openBank(newShelf, 100);
      // the claim; the effect is lost before it comes here; the release
      const { gate, held, open } = holdAt("before transact", 2);
      await using store = await bank.shelf.open(gate);
      const flaky = new FlakyStore(store, [N, "request lost"]);
      const payments = new PaymentHandler({
        store: flaky,
        now: () => bank.now,
        lease: LEASE,
        retention: DAY,
      });
      const failing = payments.handle({ key: "k1", account: "alice", amount: 30 });
      await held;
      bank.now += LEASE;
      expect(await bank.pay("k1", 30)).toMatchObject({ status: 201, replayed: false });
      open();
      expect(await failing).toMatchObject({ status: 503 });
      expect(await bank.pay("k1", 30)).toMatchObject({ status: 201, replayed: true });
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
