import { describe, expect, test } from "vitest";
import type { Reply } from "../reply.ts";
import { LEASE, openBank, type Shelf } from "./bank.ts";
import { holdAt } from "./hold-at.ts";

/** What the payment handler does on any store: of several that come with one key, one pays. */
export function leasesContract(newShelf: () => Promise<Shelf>): void {
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
}
