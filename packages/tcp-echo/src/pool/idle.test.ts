import { describe, expect, test } from "vitest";
import { fakePool, settled } from "../testing/fake-connections.ts";

describe("idle connections", () => {
  test("are closed after the idle time-out or up to an eighth before, never after", async () => {
    for (let phase = 0; phase < 1000; phase += 50) {
      const { pool, timers } = fakePool({ size: 2, idleTimeout: 1000 });
      await pool.warmUp();
      const [early, lease] = await Promise.all([pool.acquire(), pool.acquire()]);
      // starts the ticks, so that the one looked at may fall anywhere between two
      early.release();
      timers.advance(phase);
      const { connection } = lease;
      lease.release();
      timers.advance(874);
      expect(connection.closed).toBeUndefined();
      timers.advance(126);
      expect(connection.closed).toBe("idle");
      expect(pool.stats).toMatchObject({ idle: 0, leased: 0, closed: { idle: 2 } });
      expect(timers.waiting).toBe(0);
    }
  });

  test("that are used in time live on, and only the surplus goes", async () => {
    const { pool, fakes, timers } = fakePool({ size: 3, idleTimeout: 800 });
    await pool.warmUp();
    for (let round = 0; round < 20; round++) {
      timers.advance(100);
      (await pool.acquire()).release();
    }
    // the last one in is the one in use
    expect(fakes.stillOpen).toEqual([3]);
    expect(fakes.calls).toBe(3);
  });

  test("have one timer for all, and none while nothing is idle", async () => {
    const { pool, timers } = fakePool({ size: 100, idleTimeout: 800 });
    await pool.warmUp();
    expect(timers.waiting).toBe(1);
    timers.advance(900);
    expect(pool.stats.closed.idle).toBe(100);
    expect(timers.waiting).toBe(0);
    const lease = await pool.acquire();
    expect(timers.waiting).toBeLessThanOrEqual(1);
    timers.advance(10_000);
    expect(timers.waiting).toBe(0);
    expect(lease.inUse).toBe(true);
  });

  test("are not kept past their time when the event loop was held up", async () => {
    const { pool, timers, fakes } = fakePool({ size: 2, idleTimeout: 800 });
    await pool.warmUp(1);
    // one leap, in which the timer rings once, late
    const now = timers.now.bind(timers);
    timers.now = () => now() + 5000;
    timers.advance(100);
    expect(fakes.opened[0]!.closed).toBe("idle");
  });

  test("are kept for ever with an idle time-out of Infinity", async () => {
    const { pool, timers } = fakePool({ idleTimeout: Infinity });
    await pool.warmUp();
    expect(timers.waiting).toBe(0);
    timers.advance(1e9);
    expect(pool.stats.idle).toBe(2);
  });

  test.each([
    { upstreamIdleTimeout: 5000, gone: 3000 },
    { upstreamIdleTimeout: 5000, idleMargin: 4000, gone: 1000 },
    { upstreamIdleTimeout: 60_000, idleTimeout: 1000, gone: 1000 },
  ])("are closed before the other side would: %o", async ({ gone, ...options }) => {
    const { pool, timers } = fakePool(options);
    await pool.warmUp(1);
    timers.advance(gone * 0.874);
    expect(pool.stats.idle).toBe(1);
    timers.advance(gone * 0.126 + 1);
    expect(pool.stats).toMatchObject({ idle: 0, closed: { idle: 1 } });
  });

  test("that died are never lent, whether isAlive() tells", async () => {
    const { pool, fakes } = fakePool({ size: 3 });
    await pool.warmUp();
    fakes.opened[2]!.alive = false;
    fakes.opened[1]!.alive = false;
    expect((await pool.acquire()).connection.number).toBe(1);
    expect(fakes.opened.map(({ closed }) => closed)).toEqual([undefined, "dead", "dead"]);
    expect((await pool.acquire()).connection.number).toBe(4);
  });

  test("that died are never lent, or remove()", async () => {
    const { pool, fakes } = fakePool({ size: 2 });
    await pool.warmUp();
    expect(pool.remove(fakes.opened[1]!)).toBe(true);
    expect(fakes.opened[1]!.closed).toBe("dead");
    expect(pool.stats).toMatchObject({ idle: 1, closed: { dead: 1 } });
    expect((await pool.acquire()).connection.number).toBe(1);
    expect(pool.remove(fakes.opened[1]!)).toBe(false);
  });

  test("remove() of one that is lent lets its caller find out, and replaces it afterwards", async () => {
    const { pool, fakes } = fakePool({ size: 1 });
    const lease = await pool.acquire();
    const waiting = pool.acquire();
    expect(pool.remove(lease.connection)).toBe(true);
    await settled();
    expect(lease.inUse).toBe(true);
    expect(pool.stats.waiting).toBe(1);
    lease.release();
    expect((await waiting).connection.number).toBe(2);
    expect(fakes.opened[0]!.closed).toBe("dead");
  });

  test("one that comes back dead is replaced, and not given to who waits", async () => {
    const { pool, fakes } = fakePool({ size: 1 });
    const lease = await pool.acquire();
    const waiting = pool.acquire();
    fakes.opened[0]!.alive = false;
    lease.release();
    expect((await waiting).connection.number).toBe(2);
    expect(pool.stats).toMatchObject({ leased: 1, closed: { dead: 1 } });
  });

  test("an isAlive() that throws says no", async () => {
    let broken = false;
    const { pool, fakes } = fakePool({
      isAlive: () => {
        if (broken) throw new Error("cannot tell");
        return true;
      },
    });
    await pool.warmUp(1);
    broken = true;
    await expect(pool.acquire()).rejects.toMatchObject({ code: "CONNECTION_CLOSED" });
    expect(fakes.opened.map(({ closed }) => closed)).toEqual(["dead", "dead"]);
  });
});
