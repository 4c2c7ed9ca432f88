import fc from "fast-check";
import { expect, test } from "vitest";
import { PaymentHandler } from "./payment-handler.ts";
import type { Reply } from "./reply.ts";
import { SqliteStore } from "./sqlite/sqlite-store.ts";
import { type Fault, FlakyStore } from "./testing/flaky-store.ts";

const LEASE = 1_000;
const OPENING = { alice: 100, bob: 60 } as const;

interface Request {
  key: string;
  account: keyof typeof OPENING;
  amount: number;
}

const requests = fc.record({
  key: fc.constantFrom("k1", "k2", "k3", "k4"),
  account: fc.constantFrom("alice" as const, "alice" as const, "bob" as const),
  amount: fc.constantFrom(20, 50, 70),
});
const steps = fc.record({
  request: requests,
  // most operations go well, or no history would come to an end
  faults: fc.array(
    fc.oneof(
      { weight: 6, arbitrary: fc.constant<Fault>("none") },
      { weight: 2, arbitrary: fc.constantFrom<Fault>("request lost", "reply lost", "crash") },
    ),
    { maxLength: 6 },
  ),
  /** By how much the clock goes on before it, in ms: within the lease, or over it. */
  later: fc.constantFrom(0, 0, 1, LEASE / 2, LEASE),
});

test("in any history of requests, faults, crashes and overtaking, the receipts are what the balances lack", async () => {
  const seen = { replayed: 0, crash: 0, "request lost": 0, "reply lost": 0, statuses: new Set<number>() };
  await fc.assert(
    fc.asyncProperty(
      fc.array(steps, { minLength: 1, maxLength: 12 }),
      fc.scheduler(),
      async (history, scheduler) => {
        let gate = async (): Promise<void> => {};
        await using store = await SqliteStore.open({ file: ":memory:", gate: () => gate() });
        for (const [id, balance] of Object.entries(OPENING)) {
          await store.transact([{ put: "accounts", row: { id, balance } }]);
        }

        // all under way together: each operation, and the clock, goes on when the scheduler lets it
        gate = () => scheduler.schedule(Promise.resolve());
        let now = 1_000_000;
        const replies: { request: Request; reply: Reply }[] = [];
        const flaky = history.map(({ faults }) => new FlakyStore(store, faults));
        for (const [index, { request, later }] of history.entries()) {
          void gate().then(() => (now += later));
          const payments = new PaymentHandler({ store: flaky[index]!, now: () => now, lease: LEASE });
          void gate()
            .then(() => payments.handle(request))
            .then((reply) => replies.push({ request, reply }));
        }
        await scheduler.waitIdle();
        const happened = flaky.flatMap((store) => store.happened);
        // nobody else is without a reply
        expect(replies).toHaveLength(history.length - happened.filter((fault) => fault === "crash").length);
        for (const fault of happened) {
          seen[fault] += 1;
        }
        gate = async () => {};

        // then, when every lease is over, one more try of each request, without faults
        now += LEASE;
        const payments = new PaymentHandler({ store, now: () => now, lease: LEASE });
        const last: typeof replies = [];
        for (const { request } of history) {
          last.push({ request, reply: await payments.handle(request) });
        }

        const all = [...replies, ...last];
        for (const { request, reply } of all) {
          seen.statuses.add(reply.status);
          seen.replayed += reply.replayed ? 1 : 0;
          expect([201, 402, 409, 422, 503]).toContain(reply.status);
          const receipt = await store.get("receipts", request.key);
          if (reply.status === 201) {
            expect(receipt).toEqual({ id: request.key, ...request });
          }
        }
        // one payload of a key is final, and the same to everybody; the others are refused
        for (const key of new Set(history.map(({ request }) => request.key))) {
          const final = all.filter(
            ({ request, reply }) => request.key === key && [201, 402].includes(reply.status),
          );
          expect(new Set(final.map(({ request }) => JSON.stringify(request))).size).toBe(1);
          expect(new Set(final.map(({ reply }) => reply.body)).size).toBe(1);
          expect(final.filter(({ reply }) => !reply.replayed).length).toBeLessThanOrEqual(1);
          const receipt = await store.get("receipts", key);
          expect(receipt !== undefined).toBe(final[0]!.reply.status === 201);
        }
        expect(last.every(({ reply }) => [201, 402, 422].includes(reply.status))).toBe(true);
        for (const [id, balance] of Object.entries(OPENING)) {
          const receipts = await Promise.all(
            ["k1", "k2", "k3", "k4"].map((key) => store.get("receipts", key)),
          );
          const taken = receipts.reduce((sum, row) => sum + (row?.account === id ? row.amount : 0), 0);
          expect((await store.get("accounts", id))?.balance).toBe(balance - taken);
          expect(taken).toBeLessThanOrEqual(balance);
        }
      },
    ),
    { numRuns: 300 },
  );
  // what the histories are for has come about in them
  expect(seen.crash).toBeGreaterThan(0);
  expect(seen["request lost"]).toBeGreaterThan(0);
  expect(seen["reply lost"]).toBeGreaterThan(0);
  expect(seen.replayed).toBeGreaterThan(0);
  expect(seen.statuses).toEqual(new Set([201, 402, 409, 422, 503]));
});
