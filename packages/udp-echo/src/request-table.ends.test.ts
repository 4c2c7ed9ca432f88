import { describe, expect, test } from "vitest";
import { encodeMessage } from "./message.ts";
import { errorOf } from "./testing/error-of.ts";
import { setUpTable } from "./testing/set-up-table.ts";

const payload = Uint8Array.of(1, 2, 3);
const refusal = Object.assign(new Error("recvmsg ECONNREFUSED"), { code: "ECONNREFUSED" });

describe("a signal", () => {
  test("ends the wait with its reason and leaves no timer behind", async () => {
    const { table, timers } = setUpTable();
    const controller = new AbortController();
    const answer = errorOf(table.request(payload, { signal: controller.signal }));
    controller.abort(new Error("enough"));
    expect(await answer).toMatchObject({ message: "enough" });
    expect(timers.waiting).toBe(0);
    expect(table.stats).toMatchObject({ lost: 1 });
  });

  test("that is aborted already lets nothing be sent", async () => {
    const { table, sent } = setUpTable();
    await expect(table.request(payload, { signal: AbortSignal.abort(new Error("no")) })).rejects.toThrow(
      "no",
    );
    expect(sent).toEqual([]);
  });

  test("is listened to no longer than the request lasts", async () => {
    const { table, reply } = setUpTable();
    const { signal } = new AbortController();
    let listeners = 0;
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (...args: Parameters<typeof add>) => (listeners++, add(...args));
    signal.removeEventListener = (...args: Parameters<typeof remove>) => (listeners--, remove(...args));
    const answer = table.request(payload, { signal });
    expect(listeners).toBe(1);
    reply(7n, payload);
    await answer;
    expect(listeners).toBe(0);
  });
});

describe("the line", () => {
  test("holds back what is more than may be in flight, in the order of asking", async () => {
    const { table, sent, reply } = setUpTable({ maxInFlight: 2 });
    const answers = [0, 1, 2, 3].map(() => table.request(payload));
    expect(sent.map(({ id }) => id)).toEqual([7n, 8n]);
    reply(8n, payload);
    expect(sent.map(({ id }) => id)).toEqual([7n, 8n, 9n]);
    for (const id of [7n, 9n, 10n]) reply(id, payload);
    await Promise.all(answers);
  });

  test("does not stop the time-out of who stands in it", async () => {
    const { table, timers, sent } = setUpTable({ maxInFlight: 1 });
    const first = errorOf(table.request(payload, { totalTimeout: 500 }));
    const second = errorOf(table.request(payload, { totalTimeout: 100 }));
    timers.advance(100);
    expect(await second).toMatchObject({ attempts: 0 });
    timers.advance(400);
    expect(await first).toMatchObject({
      code: "NO_REPLY",
    });
    expect(new Set(sent.map(({ id }) => id))).toEqual(new Set([7n]));
  });
});

describe("what the system says", () => {
  test("ECONNREFUSED ends all that is under way, and what stood in line is tried", async () => {
    const { table, sent } = setUpTable({ maxInFlight: 2 });
    const answers = [0, 1].map(() => errorOf(table.request(payload)));
    const third = table.request(payload);
    table.refused(refusal);
    for (const error of await Promise.all(answers)) {
      expect(error).toMatchObject({ code: "CONNECTION_REFUSED", cause: refusal });
    }
    expect(sent.map(({ id }) => id)).toEqual([7n, 8n, 9n]);
    table.receive(encodeMessage({ kind: "reply", id: 9n, payload }));
    expect(await third).toEqual(payload);
  });

  test("ECONNREFUSED ends nothing when retries are asked for, and is the cause if no reply comes", async () => {
    const { table, timers, reply } = setUpTable({ whenRefused: "retry" });
    const first = table.request(payload);
    const second = errorOf(table.request(payload, { totalTimeout: 500 }));
    table.sendFailed(7n, refusal);
    timers.advance(200);
    reply(7n, payload);
    expect(await first).toEqual(payload);
    timers.advance(300);
    expect(await second).toMatchObject({
      code: "NO_REPLY",
      cause: refusal,
    });
    expect(table.stats).toMatchObject({ refused: 1, sendErrors: 1 });
  });

  test("EMSGSIZE ends the request it is about, and no other", async () => {
    const { table, reply } = setUpTable();
    const first = errorOf(table.request(payload));
    const second = table.request(payload);
    table.sendFailed(7n, Object.assign(new Error("send EMSGSIZE"), { code: "EMSGSIZE" }));
    expect(await first).toMatchObject({ code: "DATAGRAM_TOO_LARGE" });
    reply(8n, payload);
    await second;
  });

  test("a full buffer is a loss like any other: the retry goes out", async () => {
    const { table, timers, sent, reply } = setUpTable();
    const answer = table.request(payload);
    table.sendFailed(7n, Object.assign(new Error("send ENOBUFS"), { code: "ENOBUFS" }));
    timers.advance(50);
    expect(sent).toHaveLength(2);
    reply(7n, payload);
    await answer;
  });

  test("anything else ends the request with CONNECTION_FAILED", async () => {
    const { table } = setUpTable();
    const answer = errorOf(table.request(payload));
    table.sendFailed(7n, Object.assign(new Error("send ENETUNREACH"), { code: "ENETUNREACH" }));
    expect(await answer).toMatchObject({ code: "CONNECTION_FAILED" });
  });
});

test("close ends what is under way and in line with CLOSED, and every later request", async () => {
  const { table, timers } = setUpTable({ maxInFlight: 1 });
  const answers = [0, 1].map(() => errorOf(table.request(payload)));
  table.close();
  for (const error of await Promise.all(answers)) expect(error).toMatchObject({ code: "CLOSED" });
  await expect(table.request(payload)).rejects.toMatchObject({ code: "CLOSED" });
  expect(timers.waiting).toBe(0);
});
