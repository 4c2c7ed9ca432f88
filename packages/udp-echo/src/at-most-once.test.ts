import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { AtMostOnce, ENTRY_OVERHEAD } from "./at-most-once.ts";

const limits = { maxRunning: 2, maxAge: 1000, maxEntries: 100, maxBytes: 1_000_000 };
const reply = Uint8Array.of(1, 2, 3);

describe("AtMostOnce", () => {
  test("executes a new request, keeps quiet while it runs, answers from memory afterwards", () => {
    const requests = new AtMostOnce(limits);
    expect(requests.admit("a", 0)).toEqual({ status: "execute" });
    expect(requests.admit("a", 1)).toEqual({ status: "running" });
    requests.finish("a", reply, 2);
    expect(requests.admit("a", 3)).toMatchObject({ status: "answered", reply });
  });

  test("does not execute a failed request again", () => {
    const requests = new AtMostOnce(limits);
    requests.admit("a", 0);
    requests.finish("a", undefined, 0);
    expect(requests.admit("a", 1)).toEqual({ status: "answered", reply: undefined });
  });

  test("takes no end for a request that never began", () => {
    const requests = new AtMostOnce(limits);
    requests.finish("a", reply, 0);
    expect(requests.admit("a", 0)).toEqual({ status: "execute" });
  });

  test("counts the time from the reply, so that a slow handler's is remembered as long", () => {
    const requests = new AtMostOnce(limits);
    requests.admit("a", 0);
    requests.finish("a", reply, 5000);
    expect(requests.admit("a", 5999).status).toBe("answered");
    expect(requests.admit("a", 6000).status).toBe("execute");
  });

  test("drops a new request while as many run as may, and takes it once there is room", () => {
    const requests = new AtMostOnce(limits);
    requests.admit("a", 0);
    requests.admit("b", 0);
    expect(requests.admit("c", 0)).toEqual({ status: "overloaded" });
    expect(requests.admit("a", 0)).toEqual({ status: "running" });
    requests.finish("a", reply, 0);
    expect(requests.admit("c", 0)).toEqual({ status: "execute" });
  });

  test("never forgets a request that runs, however many others pass", () => {
    const requests = new AtMostOnce({ ...limits, maxEntries: 1 });
    requests.admit("slow", 0);
    for (let index = 0; index < 50; index++) {
      requests.admit(`${index}`, 0);
      requests.finish(`${index}`, reply, 0);
    }
    expect(requests.evicted).toBe(49);
    expect(requests.admit("slow", 0)).toEqual({ status: "running" });
  });

  test("pays for what it remembers: replies and what holds them", () => {
    const requests = new AtMostOnce({ ...limits, maxBytes: 3 * (ENTRY_OVERHEAD + 3) });
    for (const key of ["a", "b", "c", "d"]) {
      requests.admit(key, 0);
      requests.finish(key, reply, 0);
    }
    expect(requests.evicted).toBe(1);
  });

  test("executes each request once, in any order of arrivals and ends, while the window is wide enough", () => {
    const step = fc.record({
      key: fc.constantFrom("a", "b", "c", "d"),
      ends: fc.boolean(),
      later: fc.nat(5),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
        const requests = new AtMostOnce(limits);
        const executed: string[] = [];
        let now = 0;
        for (const { key, ends, later } of steps) {
          now += later;
          if (ends) requests.finish(key, reply, now);
          else if (requests.admit(key, now).status === "execute") executed.push(key);
          expect(requests.running).toBeLessThanOrEqual(2);
        }
        expect(new Set(executed).size).toBe(executed.length);
      }),
    );
  });
});
