import { describe, expect, test } from "vitest";
import { openBank, type Shelf } from "./bank.ts";

/** What the payment handler does on any store: the statuses. */
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

    test("with the longest key is made, for the longest client as well", async () => {
      await using bank = await openBank(newShelf, 100);
      const request = { key: "k".repeat(255), account: "alice", amount: 30 };
      expect(await bank.payments.handle(request)).toMatchObject({ status: 201 });
      const client = "c".repeat(64);
      expect(await bank.payments.handle({ ...request, client })).toMatchObject({ status: 201 });
      expect(await bank.payments.handle({ ...request, client, key: "k".repeat(256) })).toMatchObject({
        status: 400,
      });
    });

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
}
