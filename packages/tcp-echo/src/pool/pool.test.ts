import { describe, expect, test, vi } from "vitest";
import { codeOf, fakePool, settled } from "../testing/fake-connections.ts";

describe("Pool", () => {
  test("lends a new connection, takes it back, and lends it again", async () => {
    const { pool, fakes } = fakePool();
    const first = await pool.acquire();
    expect(first.connection.number).toBe(1);
    first.release();
    const second = await pool.acquire();
    expect(second.connection.number).toBe(1);
    expect(fakes.calls).toBe(1);
  });

  test("lends no connection to two callers, and opens no more than its size", async () => {
    const { pool, fakes } = fakePool({ size: 3 });
    const leases = await Promise.all([pool.acquire(), pool.acquire(), pool.acquire()]);
    expect(leases.map(({ connection }) => connection.number)).toEqual([1, 2, 3]);
    const waiting = pool.acquire();
    await settled();
    expect(fakes.calls).toBe(3);
    expect(pool.stats).toMatchObject({ size: 3, leased: 3, idle: 0, waiting: 1 });
    leases[1].release();
    expect((await waiting).connection).toBe(fakes.opened[1]);
  });

  test("serves those who wait in the order of their coming, and nobody overtakes", async () => {
    const { pool } = fakePool({ size: 1 });
    const served: number[] = [];
    const lease = await pool.acquire();
    const waiting = [1, 2, 3].map(async (number) => {
      using _ = await pool.acquire();
      served.push(number);
    });
    lease.release();
    // comes when the connection is already the first one's
    const late = pool.acquire().then(() => served.push(4));
    await Promise.all([...waiting, late]);
    expect(served).toEqual([1, 2, 3, 4]);
  });

  test("lends the connection that was used last, so that the surplus grows old", async () => {
    const { pool } = fakePool({ size: 3 });
    const [a, b, c] = await Promise.all([pool.acquire(), pool.acquire(), pool.acquire()]);
    const last = b.connection;
    for (const lease of [a, c, b]) lease.release();
    expect((await pool.acquire()).connection).toBe(last);
  });

  test("gives a connection back by `using`, by `await using`, and by use()", async () => {
    const { pool, fakes } = fakePool({ size: 1 });
    {
      using lease = await pool.acquire();
      expect(lease.connection.number).toBe(1);
    }
    {
      await using lease = await pool.acquire();
      expect(lease.connection.number).toBe(1);
    }
    expect(await pool.use(async ({ number }) => number + 10)).toBe(11);
    expect(pool.stats).toMatchObject({ idle: 1, leased: 0, acquired: 3 });
    expect(fakes.calls).toBe(1);
  });

  test("use() replaces the connection when the work throws, since half a reply may lie on it", async () => {
    const { pool, fakes, events } = fakePool({ size: 1 });
    const error = new Error("half a reply");
    await expect(pool.use(() => Promise.reject(error))).rejects.toBe(error);
    expect(fakes.opened[0]!.closed).toBe("failed");
    expect(events).toContainEqual({ event: "closed", reason: "failed", error });
    expect(await pool.use(({ number }) => number)).toBe(2);
  });

  test("a lease that is over does nothing to the connection, which is somebody else's by now", async () => {
    const { pool, fakes } = fakePool({ size: 1 });
    const first = await pool.acquire();
    first.release();
    const second = await pool.acquire();
    first.release();
    first.discard();
    first[Symbol.dispose]();
    expect(() => first.connection).toThrow(expect.objectContaining({ code: "CLOSED" }));
    expect(first.inUse).toBe(false);
    expect(second.inUse).toBe(true);
    expect(fakes.opened[0]!.closed).toBeUndefined();
    expect(pool.stats).toMatchObject({ leased: 1, idle: 0 });
  });

  test("replaces a connection that is discarded, and gives the new one to who waits", async () => {
    const { pool, fakes } = fakePool({ size: 1 });
    const lease = await pool.acquire();
    const waiting = pool.acquire();
    lease.discard(new Error("RST"));
    expect((await waiting).connection.number).toBe(2);
    expect(fakes.stillOpen).toEqual([2]);
  });

  test("opens no other in the place of a connection that is still being closed", async () => {
    const { pool, fakes } = fakePool({ size: 1 });
    fakes.heldClose = true;
    const lease = await pool.acquire();
    const waiting = pool.acquire();
    lease.discard();
    await settled();
    expect(pool.stats).toMatchObject({ closing: 1, leased: 0, waiting: 1 });
    expect(fakes.calls).toBe(1);
    fakes.closes[0]!.succeed();
    expect((await waiting).connection.number).toBe(2);
  });

  test("has no timer left for a close() that was in time", async () => {
    const { pool, fakes, timers } = fakePool({ idleTimeout: Infinity });
    fakes.heldClose = true;
    await pool.warmUp(1);
    (await pool.acquire()).discard();
    expect(timers.waiting).toBe(1);
    fakes.settleAll();
    await settled();
    expect(timers.waiting).toBe(0);
    expect(pool.stats).toMatchObject({ closing: 0, closed: { failed: 1 } });
  });

  test("never loses a place, when close() throws, when it rejects, and when it never settles", async () => {
    const { pool, fakes, timers, events } = fakePool({ size: 1, closeTimeout: 700 });
    fakes.heldClose = true;
    (await pool.acquire()).discard();
    const error = new Error("close failed");
    const second = pool.acquire();
    fakes.closes[0]!.fail(error);
    (await second).discard();
    const third = pool.acquire();
    timers.advance(700);
    const lease = await third;
    expect(lease.connection.number).toBe(3);
    // a fake that is closed twice throws
    lease.connection.closed = "failed";
    lease.discard();
    expect((await pool.acquire()).connection.number).toBe(4);
    expect(events.filter(({ event }) => event === "close-failed")).toMatchObject([
      { error },
      { error: { code: "TOTAL_TIMEOUT" } },
      { error: { message: "Expected 3 to be closed once" } },
    ]);
  });

  test("warmUp() opens as many as are missing, and says when they are there", async () => {
    const { pool, fakes } = fakePool({ size: 4 });
    await pool.warmUp(2);
    expect(pool.stats).toMatchObject({ idle: 2, opened: 2 });
    await pool.warmUp();
    expect(pool.stats.idle).toBe(4);
    await pool.warmUp();
    expect(fakes.calls).toBe(4);
    await expect(pool.warmUp(5)).rejects.toMatchObject({ code: "ARGUMENT_INVALID" });
  });

  test("warmUp() throws what open() threw, when all have settled, and keeps those that are well", async () => {
    const { pool, fakes } = fakePool({ size: 3 });
    fakes.heldOpen = true;
    const warm = pool.warmUp();
    const error = new Error("refused");
    fakes.opens[0]!.fail(error);
    await settled();
    fakes.settleAll();
    await expect(warm).rejects.toBe(error);
    expect(pool.stats).toMatchObject({ idle: 2, openFailed: 1 });
  });

  test("`warm` opens before anybody asks, and a failure is an event", async () => {
    const { pool, events } = fakePool({ size: 2, warm: 2, open: () => Promise.reject(new Error("refused")) });
    await settled();
    expect(pool.stats).toMatchObject({ openFailed: 2, opening: 0 });
    expect(events).toMatchObject([{ event: "open-failed" }, { event: "open-failed" }]);
  });

  test("tells what it does, and how long that took", async () => {
    const { pool, fakes, timers, events } = fakePool({ size: 1 });
    fakes.heldOpen = true;
    const acquiring = pool.acquire();
    timers.advance(30);
    fakes.opens[0]!.succeed();
    const lease = await acquiring;
    timers.advance(5);
    lease.release();
    (await pool.acquire()).discard();
    expect(events).toEqual([
      { event: "opened", duration: 30 },
      { event: "acquired", waited: 30 },
      { event: "released", held: 5 },
      { event: "acquired", waited: 0 },
      { event: "released", held: 0 },
      { event: "closed", reason: "failed" },
    ]);
  });

  test("keeps its books when onEvent throws, or calls the pool", async () => {
    const warn = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
    const again: Promise<unknown>[] = [];
    const { pool, fakes } = fakePool({
      size: 1,
      onEvent: ({ event }) => {
        if (event === "released" && again.length < 3) again.push(pool.acquire().then((it) => it.release()));
        throw new Error("a bad metric");
      },
    });
    const lease = await pool.acquire();
    const waiting = pool.acquire();
    lease.release();
    (await waiting).discard();
    await settled();
    await Promise.all(again);
    expect(again).toHaveLength(3);
    expect(pool.stats).toMatchObject({ idle: 1, leased: 0, opening: 0, closing: 0, waiting: 0 });
    expect(fakes.stillOpen).toHaveLength(1);
    expect(pool.stats.eventErrors).toBeGreaterThan(5);
    expect(warn).toHaveBeenCalledExactlyOnceWith(expect.stringContaining("a bad metric"), "PoolWarning");
    warn.mockRestore();
  });

  test.each([
    { size: 0 },
    { size: 1.5 },
    { idleTimeout: 0 },
    { acquireTimeout: -1 },
    { openTimeout: 2 ** 31 },
    { closeTimeout: Number.NaN },
    { maxWaiters: -1 },
    { size: 2, warm: 3 },
    { upstreamIdleTimeout: 2000 },
    { upstreamIdleTimeout: 2000, idleMargin: -1 },
  ])("throws ARGUMENT_INVALID for %o", (options) => {
    expect(() => fakePool(options)).toThrow(expect.objectContaining({ code: "ARGUMENT_INVALID" }));
  });

  test("throws ARGUMENT_INVALID for a time-out out of range, also when a connection is idle", async () => {
    const { pool } = fakePool();
    await pool.warmUp();
    expect(await codeOf(pool.acquire({ timeout: 0 }))).toBe("ARGUMENT_INVALID");
    expect(await codeOf(pool.close({ deadline: -1 }))).toBe("ARGUMENT_INVALID");
    (await pool.acquire()).release();
  });
});
