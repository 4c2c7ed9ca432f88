import { describe, expect, test } from "vitest";
import { Idempotency, type IdempotencyOptions, type Plan } from "./idempotency.ts";
import type { Store } from "./store.ts";
import { SqliteStore } from "./sqlite/sqlite-store.ts";
import { holdAt } from "./testing/hold-at.ts";

const plan: Plan = {
  writes: [{ put: "accounts", row: { id: "alice", balance: 1 }, when: "absent" }],
  reply: { status: 200, body: "done" },
  refused: (index) => ({ status: 418, body: `refused ${index}` }),
};

describe("Idempotency", () => {
  test("makes a plan once for a key, and none for a replay", async () => {
    await using store = await memory();
    const idempotency = new Idempotency({ store });
    let plans = 0;
    const request = { key: "k1", fingerprint: "f1", plan: async () => ((plans += 1), plan) };
    expect(await idempotency.handle(request)).toEqual({ status: 200, body: "done", replayed: false });
    expect(await idempotency.handle(request)).toEqual({ status: 200, body: "done", replayed: true });
    expect(plans).toBe(1);
  });

  test("tells the plan which of its own writes was refused", async () => {
    await using store = await memory();
    const idempotency = new Idempotency({ store });
    const second = { remove: "receipts", id: "none", when: { amount: 1 } } as const;
    const request = {
      key: "k1",
      fingerprint: "f1",
      plan: () => ({ ...plan, writes: [...plan.writes, second] }),
    };
    expect(await idempotency.handle(request)).toMatchObject({ status: 418, body: "refused 1" });
    expect(await store.get("accounts", "alice")).toBeUndefined();
    expect(await idempotency.handle(request)).toMatchObject({ status: 418, replayed: true });
  });

  test("does not ask the plan what it says to a key that is another's by now", async () => {
    await using store = await memory();
    const stolen = async (): Promise<Plan> => {
      const row = (await store.get("keys", "k1"))!;
      await store.transact([{ put: "keys", row: { ...row, owner: "another" } }]);
      return { ...plan, refused: () => Promise.reject(new Error("asked")) };
    };
    const reply = await new Idempotency({ store }).handle({ key: "k1", fingerprint: "f1", plan: stolen });
    expect(reply).toMatchObject({ status: 409, replayed: false });
    expect(await store.get("accounts", "alice")).toBeUndefined();
  });

  test.each([
    ["claim", 1],
    ["effect", 2],
  ])(
    "knows its own %s again, from a store that was asked twice and tells of the second time",
    async (_what, nth) => {
      await using store = await memory();
      let transactions = 0;
      const twice: Store = {
        get: (table, id) => store.get(table, id),
        transact: async (writes) => {
          transactions += 1;
          const first = await store.transact(writes);
          return transactions === nth ? store.transact(writes) : first;
        },
        close: () => store.close(),
      };
      const reply = await new Idempotency({ store: twice }).handle({
        key: "k1",
        fingerprint: "f1",
        plan: () => plan,
      });
      expect(reply).toEqual({ status: 200, body: "done", replayed: false });
      expect(transactions).toBe(2);
    },
  );

  test("throws what the plan throws, stores nothing of it, and frees the key", async () => {
    await using store = await memory();
    const idempotency = new Idempotency({ store });
    const broken = { key: "k1", fingerprint: "f1", plan: () => Promise.reject(new Error("our bug")) };
    await expect(idempotency.handle(broken)).rejects.toThrow("our bug");
    expect(await idempotency.handle({ ...broken, plan: () => plan })).toMatchObject({ status: 200 });
  });

  test("is Date.now's when no clock is given, with a lease of 10 s and a retention of a day", async () => {
    await using store = await memory();
    const before = Date.now();
    await new Idempotency({ store }).handle({ key: "k1", fingerprint: "f1", plan: () => plan });
    const row = await store.get("keys", "k1");
    const taken = row!.leaseUntil - 10_000;
    expect(taken).toBeGreaterThanOrEqual(before);
    expect(taken).toBeLessThanOrEqual(Date.now());
    expect(row!.expiresAt).toBe(taken + 86_400_000);
  });

  test("does not tell a slow owner the reply to another payload that came to its key after the retention", async () => {
    const { gate, held, open } = holdAt("before transact", 2);
    let now = 0;
    await using store = await SqliteStore.open({ file: ":memory:", gate });
    const idempotency = new Idempotency({ store, now: () => now });
    const slow = idempotency.handle({ key: "k1", fingerprint: "f1", plan: () => plan });
    await held;
    now = 86_400_000;
    const theirs = { writes: [], reply: { status: 200, body: "theirs" }, refused: plan.refused };
    const other = await idempotency.handle({ key: "k1", fingerprint: "f2", plan: () => theirs });
    expect(other).toMatchObject({ status: 200, body: "theirs" });
    open();
    expect(await slow).toMatchObject({ status: 409, replayed: false });
    expect(await store.get("accounts", "alice")).toBeUndefined();
  });

  test("takes a key anew that was removed between claim and look", async () => {
    const { gate, held, open } = holdAt("before get", 1);
    let now = 0;
    await using store = await SqliteStore.open({ file: ":memory:", gate });
    const idempotency = new Idempotency({ store, now: () => now });
    await idempotency.handle({ key: "k1", fingerprint: "f1", plan: () => plan });
    const second = idempotency.handle({
      key: "k1",
      fingerprint: "f2",
      plan: () => ({ ...plan, writes: [] }),
    });
    await held;
    now = 86_400_000;
    expect(await store.removeExpired(now)).toBe(1);
    open();
    expect(await second).toMatchObject({ status: 200, replayed: false });
  });

  test.each<Partial<IdempotencyOptions>>([
    { lease: 0 },
    { lease: 0.5 },
    { lease: 86_400_001 },
    { retention: 9_999 },
    { retention: Number.NaN },
  ])("with %o throws ARGUMENT_INVALID", async (wrong) => {
    await using store = await memory();
    expect(() => new Idempotency({ store, ...wrong })).toThrow(
      expect.objectContaining({ code: "ARGUMENT_INVALID" }) as Error,
    );
  });
});

function memory(): Promise<SqliteStore> {
  return SqliteStore.open({ file: ":memory:" });
}
