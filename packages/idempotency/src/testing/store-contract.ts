import { describe, expect, test } from "vitest";
import type { AccountRow, KeyRow, ReceiptRow, Store } from "../store.ts";

export const alice: AccountRow = { id: "alice", balance: 100 };
export const receipt: ReceiptRow = { id: "r1", account: "alice", amount: 30, key: "k1" };
export const claim: KeyRow = {
  id: "k1",
  fingerprint: "f1",
  state: "in flight",
  owner: "o1",
  leaseUntil: 1_000,
  status: null,
  body: null,
};

/** What every store must do, one write a transaction: this much an emulator without transactions can be asked too. */
export function singleWriteContract(open: () => Promise<Store & AsyncDisposable>): void {
  describe("one write", () => {
    test("is there for whoever looks later, as it was put", async () => {
      await using store = await open();
      const done: KeyRow = { ...claim, state: "done", status: 201, body: "{}", expiresAt: 86_400_000 };
      expect(await store.transact([{ put: "keys", row: done }])).toEqual({ done: true });
      expect(await store.get("keys", "k1")).toEqual(done);
      await store.transact([{ put: "keys", row: claim }]);
      // null and a property that is missing are two things
      expect(await store.get("keys", "k1")).toStrictEqual(claim);
      await store.transact([{ put: "receipts", row: receipt }]);
      expect(await store.get("receipts", "r1")).toStrictEqual(receipt);
      expect(await store.get("accounts", "nobody")).toBeUndefined();
    });

    test("of the same id in another table is another row", async () => {
      await using store = await open();
      await store.transact([{ put: "accounts", row: { id: "k1", balance: 1 } }]);
      await store.transact([{ put: "receipts", row: { ...receipt, id: "k1" } }]);
      expect(await store.get("keys", "k1")).toBeUndefined();
      expect(await store.get("accounts", "k1")).toStrictEqual({ id: "k1", balance: 1 });
    });

    test("put if absent is done once, and leaves what there is", async () => {
      await using store = await open();
      const results = await Promise.all(
        ["a", "b", "c", "d", "e"].map((owner) =>
          store.transact([{ put: "keys", row: { ...claim, owner }, when: "absent" }]),
        ),
      );
      const first = ["a", "b", "c", "d", "e"][results.findIndex(({ done }) => done)];
      expect(results.filter(({ done }) => done)).toHaveLength(1);
      expect(results.filter(({ done }) => !done)).toEqual(
        Array.from({ length: 4 }, () => ({ done: false, refused: 0 })),
      );
      expect((await store.get("keys", "k1"))?.owner).toBe(first);
    });

    test("with a condition is done when all of it holds", async () => {
      await using store = await open();
      await store.transact([{ put: "keys", row: claim }]);
      const row: KeyRow = { ...claim, owner: "o2" };
      const refused = { done: false, refused: 0 };
      expect(await store.transact([{ put: "keys", row, when: { owner: "o9" } }])).toEqual(refused);
      expect(await store.transact([{ put: "keys", row, when: { owner: "o1", state: "done" } }])).toEqual(
        refused,
      );
      expect(await store.transact([{ put: "keys", row, when: { leaseUntil: 1_001 } }])).toEqual(refused);
      expect(await store.transact([{ put: "keys", row, when: { status: 201 } }])).toEqual(refused);
      expect(await store.get("keys", "k1")).toEqual(claim);
      const when = { owner: "o1", state: "in flight", leaseUntil: 1_000, status: null } as const;
      expect(await store.transact([{ put: "keys", row, when }])).toEqual({ done: true });
      expect(await store.get("keys", "k1")).toEqual(row);
    });

    test("with a condition on a row that is not there is refused", async () => {
      await using store = await open();
      expect(await store.transact([{ put: "keys", row: claim, when: { owner: "o1" } }])).toEqual({
        done: false,
        refused: 0,
      });
      expect(await store.transact([{ remove: "keys", id: "k1", when: {} }])).toEqual({
        done: false,
        refused: 0,
      });
    });

    test("removes a row, if its condition holds", async () => {
      await using store = await open();
      await store.transact([{ put: "keys", row: claim }]);
      const refused = { done: false, refused: 0 };
      expect(await store.transact([{ remove: "keys", id: "k1", when: { owner: "o2" } }])).toEqual(refused);
      expect(await store.transact([{ remove: "keys", id: "k1", when: "absent" }])).toEqual(refused);
      expect(await store.transact([{ remove: "keys", id: "k1", when: { owner: "o1" } }])).toEqual({
        done: true,
      });
      expect(await store.get("keys", "k1")).toBeUndefined();
      expect(await store.transact([{ remove: "keys", id: "k1" }])).toEqual({ done: true });
    });

    test("adds to a balance down to its floor, and not one below", async () => {
      await using store = await open();
      await store.transact([{ put: "accounts", row: alice }]);
      const refused = { done: false, refused: 0 };
      expect(await store.transact([{ add: "accounts", id: "alice", amount: -101, atLeast: 0 }])).toEqual(
        refused,
      );
      expect(await store.transact([{ add: "accounts", id: "bob", amount: 1 }])).toEqual(refused);
      expect(await store.transact([{ add: "accounts", id: "alice", amount: -100, atLeast: 0 }])).toEqual({
        done: true,
      });
      expect(await store.get("accounts", "alice")).toEqual({ id: "alice", balance: 0 });
      expect(await store.transact([{ add: "accounts", id: "alice", amount: -5 }])).toEqual({ done: true });
      expect(await store.get("accounts", "alice")).toEqual({ id: "alice", balance: -5 });
    });

    test("that would leave the safe integers is refused, above and below", async () => {
      await using store = await open();
      const balance = Number.MAX_SAFE_INTEGER;
      await store.transact([{ put: "accounts", row: { id: "rich", balance } }]);
      await store.transact([{ put: "accounts", row: { id: "poor", balance: -balance } }]);
      const refused = { done: false, refused: 0 };
      expect(await store.transact([{ add: "accounts", id: "rich", amount: 1 }])).toEqual(refused);
      expect(await store.transact([{ add: "accounts", id: "rich", amount: balance, atLeast: 0 }])).toEqual(
        refused,
      );
      expect(await store.transact([{ add: "accounts", id: "poor", amount: -1 }])).toEqual(refused);
      expect(await store.get("accounts", "rich")).toEqual({ id: "rich", balance });
      expect(await store.transact([{ add: "accounts", id: "rich", amount: -1 }])).toEqual({ done: true });
    });
  });

  test.each([
    ["no write", []],
    ["an amount with a fraction", [{ add: "accounts", id: "alice", amount: 0.5 }]],
    ["an amount that no double holds", [{ add: "accounts", id: "alice", amount: 2 ** 53 }]],
    ["a floor that is none", [{ add: "accounts", id: "alice", amount: 1, atLeast: Number.NaN }]],
    ["a balance with a fraction", [{ put: "accounts", row: { id: "alice", balance: 1.5 } }]],
    ["a receipt over NaN", [{ put: "receipts", row: { ...receipt, amount: Number.NaN } }]],
    ["a lease without end", [{ put: "keys", row: { ...claim, leaseUntil: Infinity } }]],
    ["an id that is empty", [{ remove: "keys", id: "" }]],
    [
      "two writes to one row",
      [
        { put: "keys", row: claim },
        { remove: "keys", id: "k1" },
      ],
    ],
    ["101 writes", Array.from({ length: 101 }, (_, id) => ({ remove: "keys", id: `k${id}` }) as const)],
  ] as const)("%s throws ARGUMENT_INVALID", async (_what, writes) => {
    await using store = await open();
    await expect(store.transact(writes)).rejects.toMatchObject({ code: "ARGUMENT_INVALID" });
  });

  test("after close every call throws CLOSED, and close again does nothing", async () => {
    await using store = await open();
    await store.close();
    await expect(store.get("keys", "k1")).rejects.toMatchObject({ code: "CLOSED" });
    await expect(store.transact([{ put: "keys", row: claim }])).rejects.toMatchObject({ code: "CLOSED" });
    await store.close();
  });
}

/** The rest of what every store must do. */
export function transactContract(open: () => Promise<Store & AsyncDisposable>): void {
  describe("several writes", () => {
    test("are all done, or none, and the first that was refused is named", async () => {
      await using store = await open();
      await store.transact([{ put: "accounts", row: alice }]);
      const take = { add: "accounts", id: "alice", amount: -60, atLeast: 0 } as const;
      const put = { put: "receipts", row: receipt, when: "absent" } as const;
      expect(await store.transact([{ put: "keys", row: claim }, take, put])).toEqual({ done: true });
      const again = { ...put, row: { ...receipt, id: "r2" } } as const;
      expect(await store.transact([{ remove: "keys", id: "k1" }, again, take])).toEqual({
        done: false,
        refused: 2,
      });
      expect(await store.transact([take, put])).toEqual({ done: false, refused: 0 });
      expect(await store.transact([again, { ...take, amount: -1 }, put])).toEqual({
        done: false,
        refused: 2,
      });
      expect(await store.get("keys", "k1")).toEqual(claim);
      expect(await store.get("receipts", "r2")).toBeUndefined();
      expect(await store.get("accounts", "alice")).toEqual({ id: "alice", balance: 40 });
    });

    test("at once never take more than there is", async () => {
      await using store = await open();
      await store.transact([{ put: "accounts", row: alice }]);
      const results = await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          store.transact([
            { put: "receipts", row: { ...receipt, id: `r${index}` }, when: "absent" },
            { add: "accounts", id: "alice", amount: -30, atLeast: 0 },
          ]),
        ),
      );
      expect(results.filter(({ done }) => done)).toHaveLength(3);
      expect(await store.get("accounts", "alice")).toEqual({ id: "alice", balance: 10 });
    });

    test("may be 100", async () => {
      await using store = await open();
      const writes = Array.from({ length: 100 }, (_, index) => ({
        put: "accounts" as const,
        row: { id: `a${index}`, balance: index },
      }));
      expect(await store.transact(writes)).toEqual({ done: true });
      expect(await store.get("accounts", "a99")).toEqual({ id: "a99", balance: 99 });
    });
  });
}
