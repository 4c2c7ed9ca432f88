import { VirtualTimers } from "@tcpip-workshop/faults";
import { describe, expect, test } from "vitest";
import { backoff } from "./backoff.ts";
import { decodeMessage, encodeMessage } from "./message.ts";
import { RequestTable, type RequestTableOptions } from "./request-table.ts";
import { errorOf } from "./testing/error-of.ts";

const payload = Uint8Array.of(1, 2, 3);

/** A table, what it sent and when, on a clock that stands still. Chance says ½ unless told otherwise. */
function setUp(options: Partial<RequestTableOptions> = {}) {
  const timers = new VirtualTimers();
  const sent: { at: number; id: bigint }[] = [];
  const table = new RequestTable({
    send: (datagram) => sent.push({ at: timers.now(), id: decodeMessage(datagram)!.id }),
    timers,
    random: () => 0.5,
    firstId: 7n,
    answerKind: "reply",
    deadline: 10_000,
    attempts: 8,
    maxInFlight: 100,
    backoff: backoff({ least: 0, first: 100, most: 400 }),
    whenRefused: "fail",
    ...options,
  });
  const reply = (id: bigint, payload: Uint8Array) =>
    table.receive(encodeMessage({ kind: "reply", id, payload }));
  return { timers, sent, table, reply };
}

const refusal = Object.assign(new Error("recvmsg ECONNREFUSED"), { code: "ECONNREFUSED" });

describe("matching", () => {
  test("sends once and gives back the payload of the reply with the same id", async () => {
    const { table, sent, reply, timers } = setUp();
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
    const { table, reply } = setUp();
    const answers = [0, 1, 2].map(() => table.request(payload));
    for (const n of [2, 0, 1]) reply(7n + BigInt(n), Uint8Array.of(n));
    expect(await Promise.all(answers)).toEqual([Uint8Array.of(0), Uint8Array.of(1), Uint8Array.of(2)]);
  });

  test("counts ids up, past the last of 64 bits", async () => {
    const { table, sent, reply } = setUp({ firstId: 2n ** 64n - 1n });
    const answers = [table.request(payload), table.request(payload)];
    expect(sent.map(({ id }) => id)).toEqual([2n ** 64n - 1n, 0n]);
    reply(0n, payload);
    reply(2n ** 64n - 1n, payload);
    await Promise.all(answers);
  });

  test("counts a second reply as a duplicate, one to a lost request as late, a stranger's as unknown", async () => {
    const { table, reply, timers } = setUp();
    const answered = table.request(payload);
    reply(7n, payload);
    reply(7n, payload);
    await answered;
    const lost = errorOf(table.request(payload, { deadline: 50 }));
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
    const { table, reply } = setUp();
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
    const { table, sent, timers, reply } = setUp();
    const answer = table.request(payload);
    timers.advance(1000);
    expect(sent.map(({ at }) => at)).toEqual([0, 50, 150, 350, 550, 750, 950]);
    expect(new Set(sent.map(({ id }) => id))).toEqual(new Set([7n]));
    reply(7n, payload);
    await answer;
    timers.advance(10_000);
    expect(table.stats).toMatchObject({ sent: 7, retries: 6, answered: 1 });
  });

  test("end with the attempts, and the reply is still waited for until the deadline", async () => {
    const { table, sent, timers, reply } = setUp({ attempts: 2 });
    const answer = table.request(payload);
    timers.advance(9999);
    expect(sent).toHaveLength(2);
    reply(7n, payload);
    expect(await answer).toEqual(payload);
  });

  test("end with NO_REPLY at the deadline; the error says how many datagrams it was", async () => {
    const { table, timers } = setUp();
    const answer = errorOf(table.request(payload, { deadline: 400 }));
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

describe("a signal", () => {
  test("ends the wait with its reason and leaves no timer behind", async () => {
    const { table, timers } = setUp();
    const controller = new AbortController();
    const answer = errorOf(table.request(payload, { signal: controller.signal }));
    controller.abort(new Error("enough"));
    expect(await answer).toMatchObject({ message: "enough" });
    expect(timers.waiting).toBe(0);
    expect(table.stats).toMatchObject({ lost: 1 });
  });

  test("that is aborted already lets nothing be sent", async () => {
    const { table, sent } = setUp();
    await expect(table.request(payload, { signal: AbortSignal.abort(new Error("no")) })).rejects.toThrow(
      "no",
    );
    expect(sent).toEqual([]);
  });

  test("is listened to no longer than the request lasts", async () => {
    const { table, reply } = setUp();
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
    const { table, sent, reply } = setUp({ maxInFlight: 2 });
    const answers = [0, 1, 2, 3].map(() => table.request(payload));
    expect(sent.map(({ id }) => id)).toEqual([7n, 8n]);
    reply(8n, payload);
    expect(sent.map(({ id }) => id)).toEqual([7n, 8n, 9n]);
    for (const id of [7n, 9n, 10n]) reply(id, payload);
    await Promise.all(answers);
  });

  test("does not stop the deadline of who stands in it", async () => {
    const { table, timers, sent } = setUp({ maxInFlight: 1 });
    const first = errorOf(table.request(payload, { deadline: 500 }));
    const second = errorOf(table.request(payload, { deadline: 100 }));
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
    const { table, sent } = setUp({ maxInFlight: 2 });
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
    const { table, timers, reply } = setUp({ whenRefused: "retry" });
    const first = table.request(payload);
    const second = errorOf(table.request(payload, { deadline: 500 }));
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
    const { table, reply } = setUp();
    const first = errorOf(table.request(payload));
    const second = table.request(payload);
    table.sendFailed(7n, Object.assign(new Error("send EMSGSIZE"), { code: "EMSGSIZE" }));
    expect(await first).toMatchObject({ code: "DATAGRAM_TOO_LARGE" });
    reply(8n, payload);
    await second;
  });

  test("a full buffer is a loss like any other: the retry goes out", async () => {
    const { table, timers, sent, reply } = setUp();
    const answer = table.request(payload);
    table.sendFailed(7n, Object.assign(new Error("send ENOBUFS"), { code: "ENOBUFS" }));
    timers.advance(50);
    expect(sent).toHaveLength(2);
    reply(7n, payload);
    await answer;
  });

  test("anything else ends the request with CONNECTION_FAILED", async () => {
    const { table } = setUp();
    const answer = errorOf(table.request(payload));
    table.sendFailed(7n, Object.assign(new Error("send ENETUNREACH"), { code: "ENETUNREACH" }));
    expect(await answer).toMatchObject({ code: "CONNECTION_FAILED" });
  });
});

test("close ends what is under way and in line with CLOSED, and every later request", async () => {
  const { table, timers } = setUp({ maxInFlight: 1 });
  const answers = [0, 1].map(() => errorOf(table.request(payload)));
  table.close();
  for (const error of await Promise.all(answers)) expect(error).toMatchObject({ code: "CLOSED" });
  await expect(table.request(payload)).rejects.toMatchObject({ code: "CLOSED" });
  expect(timers.waiting).toBe(0);
});
