import { describe, expect, test } from "vitest";
import { codeOf, fakePool, settled } from "../testing/fake-connections.ts";

describe("opening", () => {
  test("tells a failure to who has waited longest, opens again for the next, and loses no place", async () => {
    const { pool, fakes, events } = fakePool({ size: 1 });
    fakes.heldOpen = true;
    const waiting = [1, 2, 3].map(() => codeOf(pool.acquire()));
    expect(fakes.calls).toBe(1);
    const error = Object.assign(new Error("refused"), { code: "CONNECTION_REFUSED" });
    fakes.opens[0]!.fail(error);
    expect(await waiting[0]).toBe("CONNECTION_REFUSED");
    expect(fakes.calls).toBe(2);
    fakes.opens[0]!.fail(error);
    expect(await waiting[1]).toBe("CONNECTION_REFUSED");
    fakes.opens[0]!.succeed();
    expect(await waiting[2]).toBeUndefined();
    expect(pool.stats).toMatchObject({
      leased: 1,
      opening: 0,
      openFailed: 2,
      refused: { "open-failed": 2 },
    });
    expect(events.filter(({ event }) => event === "open-failed")).toHaveLength(2);
  });

  test("dials once for each who waits, and then no more: an error is no reason to try again by itself", async () => {
    const { pool, fakes } = fakePool({ size: 3, open: () => Promise.reject(new Error("refused")) });
    const results = await Promise.allSettled(Array.from({ length: 50 }, () => pool.acquire()));
    await settled();
    expect(results.every(({ status }) => status === "rejected")).toBe(true);
    expect(pool.stats).toMatchObject({ openFailed: 50, opening: 0, leased: 0, idle: 0, waiting: 0 });
    expect(fakes.opened).toEqual([]);
  });

  test("open() may throw, or return no promise", async () => {
    const fail = fakePool({
      open: () => {
        throw new Error("at once");
      },
    });
    await expect(fail.pool.acquire()).rejects.toThrow("at once");
    const connection = { number: 9, alive: true, closed: undefined };
    const { pool } = fakePool({ open: () => connection });
    expect((await pool.acquire()).connection).toBe(connection);
  });

  test("a failure is nobody's when its caller was served meanwhile, and the others have theirs under way", async () => {
    const { pool, fakes } = fakePool({ size: 3 });
    const lease = await pool.acquire();
    fakes.heldOpen = true;
    const first = pool.acquire();
    const second = pool.acquire();
    lease.release();
    await first;
    fakes.opens[0]!.fail(new Error("refused"));
    await settled();
    expect(pool.stats).toMatchObject({ waiting: 1, opening: 1, openFailed: 1 });
    fakes.opens[0]!.succeed();
    expect((await second).inUse).toBe(true);
  });

  test("an open() that never settles aborts its signal at the open time-out, and its place is free", async () => {
    const { pool, fakes, timers } = fakePool({ size: 1, openTimeout: 300, acquireTimeout: 5000 });
    fakes.heldOpen = true;
    const waiting = codeOf(pool.acquire());
    const [open] = fakes.opens;
    timers.advance(299);
    expect(open!.signal.aborted).toBe(false);
    timers.advance(1);
    expect(open!.signal.aborted).toBe(true);
    expect(await waiting).toBe("CONNECT_TIMEOUT");
    expect(pool.stats).toMatchObject({ opening: 0, waiting: 0 });
    fakes.heldOpen = false;
    expect((await pool.acquire()).connection.number).toBe(1);
    // the one for those who wait is not called off, and rings for nobody
    timers.advance(5000);
    expect(timers.waiting).toBe(0);
  });

  test("one that comes after its time-out is closed, and not lent", async () => {
    const { pool, fakes, timers } = fakePool({ size: 1, openTimeout: 300 });
    fakes.heldOpen = true;
    const waiting = codeOf(pool.acquire());
    const [open] = fakes.opens;
    timers.advance(300);
    await waiting;
    const late = open!.succeed();
    await settled();
    expect(late.closed).toBe("late");
    expect(pool.stats).toMatchObject({ idle: 0, leased: 0, opened: 0, closed: { late: 1 } });
  });

  test("a caller's time-out does not end the open(): the connection is there for the next", async () => {
    const { pool, fakes, timers } = fakePool({ size: 1, acquireTimeout: 100 });
    fakes.heldOpen = true;
    const waiting = codeOf(pool.acquire());
    timers.advance(100);
    expect(await waiting).toBe("ACQUIRE_TIMEOUT");
    expect(fakes.opens[0]!.signal.aborted).toBe(false);
    fakes.opens[0]!.succeed();
    await settled();
    expect(pool.stats.idle).toBe(1);
    expect((await pool.acquire()).connection.number).toBe(1);
  });

  test("a server that accepts and closes at once is a failure: nobody dials it for ever", async () => {
    const { pool, fakes } = fakePool({ size: 2, isAlive: () => false });
    const results = await Promise.all([1, 2, 3].map(() => codeOf(pool.acquire())));
    expect(results).toEqual(["CONNECTION_CLOSED", "CONNECTION_CLOSED", "CONNECTION_CLOSED"]);
    await settled();
    expect(fakes.calls).toBe(3);
    expect(fakes.opened.map(({ closed }) => closed)).toEqual(["dead", "dead", "dead"]);
    expect(pool.stats).toMatchObject({ opening: 0, openFailed: 3, closed: { dead: 3 } });
  });
});
