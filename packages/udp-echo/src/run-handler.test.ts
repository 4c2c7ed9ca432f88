import { VirtualTimers } from "@tcpip-workshop/faults";
import { describe, expect, test } from "vitest";
import { type Handler, runHandler } from "./run-handler.ts";

const payload = Uint8Array.of(1);
const peer = { address: "127.0.0.1", port: 4000 };

function setUp(handler: Handler) {
  const timers = new VirtualTimers();
  const controller = new AbortController();
  const message = { kind: "request", id: 5n, payload } as const;
  return {
    timers,
    controller,
    answer: runHandler(handler, message, peer, { controller, timers, timeout: 100 }),
  };
}

describe("runHandler", () => {
  test("tells the handler who asks, and under which id", async () => {
    const { answer } = setUp((payload, { peer, id }) => {
      expect({ peer, id }).toEqual({ peer: { address: "127.0.0.1", port: 4000 }, id: 5n });
      return payload;
    });
    expect(await answer).toEqual(payload);
  });

  test("leaves no timer behind an answer, nor behind a throw", async () => {
    const good = setUp(() => Promise.resolve(payload));
    expect(await good.answer).toEqual(payload);
    const bad = setUp(() => Promise.reject(new Error("broken")));
    await expect(bad.answer).rejects.toThrow("broken");
    expect([good.timers.waiting, bad.timers.waiting]).toEqual([0, 0]);
  });

  test("gives a handler up after its time, and tells it through its signal", async () => {
    const { promise: aborted, resolve } = Promise.withResolvers<unknown>();
    const { answer, timers } = setUp((_payload, { signal }) => {
      signal.addEventListener("abort", () => resolve(signal.reason));
      return new Promise(() => {});
    });
    timers.advance(100);
    await expect(answer).rejects.toMatchObject({ code: "TOTAL_TIMEOUT" });
    expect(await aborted).toMatchObject({ code: "TOTAL_TIMEOUT" });
  });
});
