import { describe, expect, test } from "vitest";
import { encodeMessage } from "./message.ts";
import { errorOf } from "./testing/error-of.ts";
import { setUpTable } from "./testing/set-up-table.ts";

const payload = Uint8Array.of(1, 2, 3);

describe("matching", () => {
  test("sends once and gives back the payload of the reply with the same id", async () => {
    const { table, sent, reply, timers } = setUpTable();
    const answer = table.request(payload);
    reply(7n, Uint8Array.of(9));
    expect(await answer).toEqual(Uint8Array.of(9));
    expect(sent).toEqual([{ at: 0, id: 7n }]);
    expect(timers.waiting).toBe(0);
    expect(table.stats).toMatchObject({
      requests: 1,
      answered: 1,
      lost: 0,
      sent: 1,
      retries: 0,
      received: 1,
    });
  });

  test("gives each of many requests its own reply, in whatever order they come", async () => {
    const { table, reply } = setUpTable();
    const answers = [0, 1, 2].map(() => table.request(payload));
    for (const n of [2, 0, 1]) reply(7n + BigInt(n), Uint8Array.of(n));
    expect(await Promise.all(answers)).toEqual([Uint8Array.of(0), Uint8Array.of(1), Uint8Array.of(2)]);
  });

  test("counts ids up, past the last of 64 bits", async () => {
    const { table, sent, reply } = setUpTable({ firstId: 2n ** 64n - 1n });
    const answers = [table.request(payload), table.request(payload)];
    expect(sent.map(({ id }) => id)).toEqual([2n ** 64n - 1n, 0n]);
    reply(0n, payload);
    reply(2n ** 64n - 1n, payload);
    await Promise.all(answers);
  });

  test("counts a second reply as a duplicate, one to a lost request as late, a stranger's as unknown", async () => {
    const { table, reply, timers } = setUpTable();
    const answered = table.request(payload);
    reply(7n, payload);
    reply(7n, payload);
    await answered;
    const lost = errorOf(table.request(payload, { totalTimeout: 50 }));
    timers.advance(50);
    reply(8n, payload);
    reply(999n, payload);
    expect(await lost).toMatchObject({ code: "NO_REPLY" });
    expect(table.stats).toMatchObject({
      received: 4,
      answered: 1,
      duplicates: 1,
      late: 1,
      unknown: 1,
      lost: 1,
    });
  });

  test("takes neither garbage nor a request for a reply", async () => {
    const { table, reply } = setUpTable();
    const answer = table.request(payload);
    table.receive(Uint8Array.of(1, 2, 3));
    table.receive(encodeMessage({ kind: "request", id: 7n, payload: Uint8Array.of(66) }));
    expect(table.stats).toMatchObject({ malformed: 2, answered: 0 });
    reply(7n, payload);
    expect(await answer).toEqual(payload);
  });
});

describe("retries", () => {
  test("come after waits that double up to a limit, with the same id", async () => {
    const { table, sent, timers, reply } = setUpTable();
    const answer = table.request(payload);
    timers.advance(1000);
    expect(sent.map(({ at }) => at)).toEqual([0, 50, 150, 350, 550, 750, 950]);
    expect(new Set(sent.map(({ id }) => id))).toEqual(new Set([7n]));
    reply(7n, payload);
    await answer;
    timers.advance(10_000);
    expect(table.stats).toMatchObject({ sent: 7, retries: 6, answered: 1 });
  });

  test("end with the attempts, and the reply is still waited for until the time-out", async () => {
    const { table, sent, timers, reply } = setUpTable({ attempts: 2 });
    const answer = table.request(payload);
    timers.advance(9999);
    expect(sent).toHaveLength(2);
    reply(7n, payload);
    expect(await answer).toEqual(payload);
  });

  test("end with NO_REPLY at the time-out; the error says how many datagrams it was", async () => {
    const { table, timers } = setUpTable();
    const answer = errorOf(table.request(payload, { totalTimeout: 400 }));
    timers.advance(399);
    expect(table.stats.lost).toBe(0);
    timers.advance(1);
    expect(await answer).toMatchObject({
      code: "NO_REPLY",
      attempts: 4,
      message: "Expected a reply within 400 ms, got none to 4 datagrams",
    });
    expect(timers.waiting).toBe(0);
    expect(table.stats.lost).toBe(1);
  });
});
