import { describe, expect, test } from "vitest";
import { codeOf, fakePool, settled } from "../testing/fake-connections.ts";

describe("close", () => {
  test("closes what is idle, rejects those who wait with CLOSED, and whoever comes", async () => {
    const { pool, fakes, timers } = fakePool({ size: 1 });
    const lease = await pool.acquire();
    const waiting = [codeOf(pool.acquire()), codeOf(pool.acquire())];
    const closed = pool.close();
    expect(await Promise.all(waiting)).toEqual(["CLOSED", "CLOSED"]);
    expect(await codeOf(pool.acquire())).toBe("CLOSED");
    expect(await codeOf(pool.warmUp())).toBe("CLOSED");
    lease.release();
    expect(await closed).toEqual({ returned: 1, cut: 0 });
    expect(fakes.opened[0]!.closed).toBe("closed");
    expect(fakes.calls).toBe(1);
    expect(pool.stats).toMatchObject({ idle: 0, leased: 0, waiting: 0, refused: { closed: 3 } });
    expect(timers.waiting).toBe(0);
  });

  test("waits for leases until the deadline, then closes their connections under them", async () => {
    const { pool, fakes, timers } = fakePool({ size: 2 });
    const [first, second] = await Promise.all([pool.acquire(), pool.acquire()]);
    let report: unknown;
    const closed = pool.close({ deadline: 400 }).then((it) => (report = it));
    first.release();
    timers.advance(399);
    await settled();
    expect(report).toBeUndefined();
    expect(second.connection.closed).toBeUndefined();
    timers.advance(1);
    expect(await closed).toEqual({ returned: 1, cut: 1 });
    expect(fakes.opened.map((it) => it.closed)).toEqual(["closed", "cut"]);
    expect(second.inUse).toBe(false);
    expect(() => second.connection).toThrow(expect.objectContaining({ code: "CLOSED" }));
    // the fake throws if it is closed twice
    second.release();
    second.discard();
    expect(pool.stats).toMatchObject({ leased: 0, idle: 0, closed: { cut: 1, closed: 1 } });
  });

  test("called again, the nearer deadline holds", async () => {
    const { pool, timers } = fakePool();
    await pool.acquire();
    const first = pool.close({ deadline: Infinity });
    const second = pool.close({ deadline: 100 });
    const third = pool.close({ deadline: 5000 });
    timers.advance(100);
    const report = { returned: 0, cut: 1 };
    expect(await Promise.all([first, second, third])).toEqual([report, report, report]);
  });

  test("with a deadline of 0 waits for nobody", async () => {
    const { pool, timers } = fakePool();
    await pool.acquire();
    const closed = pool.close({ deadline: 0 });
    timers.advance(1);
    expect(await closed).toEqual({ returned: 0, cut: 1 });
  });

  test("waits for close() of each connection, and not longer than the close time-out", async () => {
    const { pool, fakes, timers } = fakePool({ closeTimeout: 500 });
    await pool.warmUp();
    fakes.heldClose = true;
    let done = false;
    const closed = pool.close().then(() => (done = true));
    fakes.closes[0]!.succeed();
    await settled();
    expect(done).toBe(false);
    expect(pool.stats.closing).toBe(1);
    timers.advance(500);
    await closed;
    expect(timers.waiting).toBe(0);
  });

  test("aborts what is being opened, and closes it when it comes nevertheless", async () => {
    const { pool, fakes, timers } = fakePool();
    fakes.heldOpen = true;
    const waiting = codeOf(pool.acquire());
    const warm = codeOf(pool.warmUp());
    const [first, second] = fakes.opens;
    // this one has come, and the pool does not know it yet
    const early = first!.succeed();
    const closed = pool.close();
    expect(second!.signal.aborted).toBe(true);
    expect([await waiting, await warm]).toEqual(["CLOSED", "CLOSED"]);
    await closed;
    const late = second!.succeed();
    await settled();
    expect([early.closed, late.closed]).toEqual(["late", "late"]);
    expect(timers.waiting).toBe(0);
  });

  test("is done when the last lease is discarded, too", async () => {
    const { pool } = fakePool();
    const lease = await pool.acquire();
    const closed = pool.close();
    lease.discard();
    expect(await closed).toEqual({ returned: 1, cut: 0 });
  });

  test("of an unused pool is done at once; `await using` is close()", async () => {
    const { pool, fakes, timers } = fakePool();
    {
      await using it = pool;
      (await it.acquire()).release();
    }
    expect(fakes.opened[0]!.closed).toBe("closed");
    expect(await pool.close()).toEqual({ returned: 0, cut: 0 });
    expect(await fakePool().pool.close()).toEqual({ returned: 0, cut: 0 });
    expect(timers.waiting).toBe(0);
  });
});
