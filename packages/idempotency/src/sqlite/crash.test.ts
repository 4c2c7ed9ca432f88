import { randomInt } from "node:crypto";
import { describe, expect, test } from "vitest";
import { PaymentHandler } from "../payment-handler.ts";
import { readLedger } from "../testing/ledger.ts";
import { spawnPayer } from "../testing/spawn-payer.ts";
import { temporaryFile } from "../testing/temporary-file.ts";
import { SqliteStore } from "./sqlite-store.ts";

const AN_HOUR = 3_600_000;

describe("kill -9", () => {
  // claim, effect and reply: two transactions, a gate before and after each
  test.each([1, 2, 3, 4])("at gate %i leaves all or nothing, and the retry pays once", async (dieAtPoint) => {
    using file = await fileWith(100);
    await using payer = await spawnPayer({ file: file.path, keys: ["k1"], amount: 30, dieAtPoint });
    payer.go();
    expect(await payer.ended).toEqual([null, "SIGKILL"]);
    expect(payer.replies).toEqual([]);
    const paid = dieAtPoint === 4;
    expect(readLedger(file.path)).toEqual({
      integrity: "ok",
      balance: paid ? 70 : 100,
      paid: paid ? ["k1"] : [],
      taken: paid ? 30 : 0,
    });
    expect(await retry(file.path, "k1", 30)).toMatchObject({ status: 201, replayed: paid });
    expect(readLedger(file.path)).toMatchObject({ balance: 70, paid: ["k1"] });
  });

  // claim, effect refused, a look at the account, the failure stored
  test.each([1, 2, 3, 4, 5, 6, 7, 8])(
    "at gate %i of a payment without funds takes nothing",
    async (dieAtPoint) => {
      using file = await fileWith(100);
      await using payer = await spawnPayer({ file: file.path, keys: ["k1"], amount: 130, dieAtPoint });
      payer.go();
      expect(await payer.ended).toEqual([null, "SIGKILL"]);
      expect(await retry(file.path, "k1", 130)).toMatchObject({ status: 402, replayed: dieAtPoint === 8 });
      expect(readLedger(file.path)).toMatchObject({ integrity: "ok", balance: 100, paid: [] });
    },
  );

  test.each(["FULL", "NORMAL"] as const)(
    "in a tight loop, at any moment, synchronous %s: what was told is there",
    async (synchronous) => {
      for (let round = 0; round < 4; round++) {
        using file = await fileWith(1_000_000);
        const keys = Array.from({ length: 5000 }, (_, index) => `k${index}`);
        await using payer = await spawnPayer({ file: file.path, keys, amount: 7, synchronous });
        const after = randomInt(1, 60);
        payer.go();
        await payer.heard(after);
        payer.kill();
        expect(await payer.ended).toEqual([null, "SIGKILL"]);
        expect(payer.replies.length).toBeGreaterThanOrEqual(after);
        expect(payer.replies.length).toBeLessThan(keys.length);

        const ledger = readLedger(file.path);
        expect(ledger).toMatchObject({ integrity: "ok", balance: 1_000_000 - ledger.taken });
        expect(ledger.taken).toBe(7 * ledger.paid.length);
        expect(ledger.paid).toEqual(expect.arrayContaining(payer.replies.map(({ key }) => key)));
        // the one in hand is paid, or it is not; which of them only the store knows, and it says so to the retry
        const inHand = `k${payer.replies.length}`;
        const replayed = ledger.paid.includes(inHand);
        expect(await retry(file.path, inHand, 7)).toMatchObject({ status: 201, replayed });
      }
    },
  );
});

describe("two processes on one file", () => {
  test("pay each of 50 keys once, though both are asked for all at once", async () => {
    using file = await fileWith(1_000);
    const keys = Array.from({ length: 50 }, (_, index) => `k${String(index).padStart(2, "0")}`);
    const options = { file: file.path, keys, amount: 3, atOnce: true };
    await using first = await spawnPayer(options);
    await using second = await spawnPayer(options);
    first.go();
    second.go();
    expect(await Promise.all([first.ended, second.ended])).toEqual([
      [0, null],
      [0, null],
    ]);
    expect(readLedger(file.path)).toEqual({ integrity: "ok", balance: 850, paid: keys, taken: 150 });
    const final = [...first.replies, ...second.replies].filter(({ status }) => status !== 409);
    expect(final.map(({ status }) => status)).toEqual(Array(100).fill(201));
    const fresh = final.filter(({ replayed }) => !replayed).map(({ key }) => key);
    expect(fresh.toSorted()).toEqual(keys);
  });
});

async function fileWith(balance: number) {
  const file = temporaryFile();
  await using store = await SqliteStore.open({ file: file.path });
  await store.transact([{ put: "accounts", row: { id: "alice", balance } }]);
  return file;
}

/** The client's next try, by a process that was started after the crash, when the dead one's lease is over. */
async function retry(file: string, key: string, amount: number) {
  await using store = await SqliteStore.open({ file });
  const payments = new PaymentHandler({ store, now: () => Date.now() + AN_HOUR });
  // awaited here: the store closes at the end of this function
  return await payments.handle({ key, account: "alice", amount });
}
