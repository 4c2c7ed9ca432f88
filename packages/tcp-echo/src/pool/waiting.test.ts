import { getEventListeners, once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { describe, expect, test } from "vitest";
import { codeOf, fakePool, settled } from "../testing/fake-connections.ts";
import { Pool } from "./index.ts";

describe("acquire", () => {
  test("throws ACQUIRE_TIMEOUT when nothing comes back in time, not before, and says who has it all", async () => {
    const { pool, timers } = fakePool({ size: 1, acquireTimeout: 500 });
    const lease = await pool.acquire();
    let error: unknown;
    const waiting = pool.acquire().catch((reason: unknown) => void (error = reason));
    timers.advance(499);
    await settled();
    expect(error).toBeUndefined();
    timers.advance(1);
    await waiting;
    expect(error).toMatchObject({
      code: "ACQUIRE_TIMEOUT",
      message: expect.stringContaining("of 1 places: 1 leased"),
    });
    expect(pool.stats).toMatchObject({ waiting: 0, leased: 1, refused: { timeout: 1 } });
    // who has gone is not served
    lease.release();
    expect(pool.stats).toMatchObject({ idle: 1, leased: 0 });
  });

  test("has a time-out of its own for each call, and the nearer ones go first", async () => {
    const { pool, timers } = fakePool({ size: 1, acquireTimeout: 1000 });
    const lease = await pool.acquire();
    const gone: string[] = [];
    const wait = (name: string, timeout?: number): Promise<unknown> =>
      pool.acquire(timeout === undefined ? {} : { timeout }).then(
        (got) => gone.push(`${name} served`) && got.release(),
        (error: { code: string }) => gone.push(`${name} ${error.code}`),
      );
    const all = [wait("default"), wait("long", 5000), wait("short", 10), wait("never", Infinity)];
    timers.advance(10);
    await settled();
    expect(gone).toEqual(["short ACQUIRE_TIMEOUT"]);
    timers.advance(990);
    await settled();
    expect(gone.slice(1)).toEqual(["default ACQUIRE_TIMEOUT"]);
    timers.advance(4000);
    await settled();
    expect(gone.slice(2)).toEqual(["long ACQUIRE_TIMEOUT"]);
    timers.advance(1e9);
    lease.release();
    await Promise.all(all);
    expect(gone.slice(3)).toEqual(["never served"]);
  });

  test("counts from when the call was made, though the pool's only timer was set by another", async () => {
    const { pool, timers } = fakePool({ size: 1, acquireTimeout: 100 });
    const lease = await pool.acquire();
    const first = pool.acquire();
    timers.advance(60);
    const second = codeOf(pool.acquire());
    lease.release();
    const held = await first;
    timers.advance(99);
    await settled();
    expect(pool.stats.waiting).toBe(1);
    expect(timers.waiting).toBe(1);
    timers.advance(1);
    expect(await second).toBe("ACQUIRE_TIMEOUT");
    held.release();
  });

  test("who is served by what another one's time-out brings back is not late, though its time was over too", async () => {
    const { pool, timers } = fakePool({
      size: 1,
      acquireTimeout: 100,
      onEvent: ({ event }) => void (event === "refused" && lease.release()),
    });
    const lease = await pool.acquire();
    const [first, second] = [codeOf(pool.acquire()), pool.acquire()];
    timers.advance(100);
    expect(await first).toBe("ACQUIRE_TIMEOUT");
    expect((await second).inUse).toBe(true);
    expect(pool.stats).toMatchObject({ leased: 1, waiting: 0, refused: { timeout: 1 } });
  });

  test("gives up with the signal's reason, at once, and the others keep their turn", async () => {
    const { pool } = fakePool({ size: 1 });
    const lease = await pool.acquire();
    const controllers = [0, 1, 2, 3, 4].map(() => new AbortController());
    const order: number[] = [];
    const waiting = controllers.map(({ signal }, number) =>
      pool.acquire({ signal }).then((got) => order.push(number) && got.release()),
    );
    const results = Promise.allSettled(waiting);
    // the first, one from the middle, and the last
    for (const number of [2, 0, 4]) controllers[number]!.abort(`away ${number}`);
    expect(pool.stats.waiting).toBe(2);
    lease.release();
    expect((await results).map((result) => ("reason" in result ? result.reason : "served"))).toEqual([
      "away 0",
      "served",
      "away 2",
      "served",
      "away 4",
    ]);
    expect(order).toEqual([1, 3]);
    expect(pool.stats).toMatchObject({ idle: 1, waiting: 0, refused: { aborted: 3 } });
  });

  test("rejects for a signal that is aborted already, and leaves the connection idle", async () => {
    const { pool } = fakePool();
    await pool.warmUp(1);
    await expect(pool.acquire({ signal: AbortSignal.abort("gone") })).rejects.toBe("gone");
    expect(pool.stats).toMatchObject({ idle: 1, leased: 0 });
  });

  test("a connection that comes back while its signal is being aborted goes on to the next", async () => {
    const { pool } = fakePool({ size: 1 });
    const lease = await pool.acquire();
    const controller = new AbortController();
    // runs before the pool's own listener, which was added later
    controller.signal.addEventListener("abort", () => lease.release());
    const aborted = pool.acquire({ signal: controller.signal });
    const next = pool.acquire();
    controller.abort("gone");
    await expect(aborted).rejects.toBe("gone");
    expect((await next).inUse).toBe(true);
    expect(pool.stats).toMatchObject({ leased: 1, idle: 0, waiting: 0 });
  });

  test("an abort after the hand-over comes too late: the caller has the lease, and gives it back", async () => {
    const { pool } = fakePool({ size: 1 });
    const lease = await pool.acquire();
    const controller = new AbortController();
    const waiting = pool.acquire({ signal: controller.signal });
    lease.release();
    controller.abort("gone");
    const got = await waiting;
    expect(got.inUse).toBe(true);
    got.release();
    expect(pool.stats).toMatchObject({ leased: 0, idle: 1, refused: { aborted: 0 } });
  });

  test("does not listen to a signal any more when the wait is over", async () => {
    const { pool, timers } = fakePool({ size: 1, acquireTimeout: 10 });
    const { signal } = new AbortController();
    const lease = await pool.acquire();
    const served = pool.acquire({ signal });
    const late = codeOf(pool.acquire({ signal }));
    expect(getEventListeners(signal, "abort")).toHaveLength(2);
    lease.release();
    await served;
    expect(getEventListeners(signal, "abort")).toHaveLength(1);
    timers.advance(10);
    expect(await late).toBe("ACQUIRE_TIMEOUT");
    expect(getEventListeners(signal, "abort")).toHaveLength(0);
  });

  test("throws QUEUE_FULL when as many wait as may, those not counted for whom one is opened", async () => {
    const { pool, fakes } = fakePool({ size: 2, maxWaiters: 1 });
    fakes.heldOpen = true;
    const first = [pool.acquire(), pool.acquire()];
    const waiting = pool.acquire();
    expect(await codeOf(pool.acquire())).toBe("QUEUE_FULL");
    fakes.settleAll();
    const leases = await Promise.all(first);
    expect(await codeOf(pool.acquire())).toBe("QUEUE_FULL");
    leases[0]!.release();
    await waiting;
    expect(pool.stats).toMatchObject({ leased: 2, waiting: 0, refused: { full: 2 } });
  });

  test("with maxWaiters 0 who cannot have a connection at once, or a new one, is refused", async () => {
    const { pool } = fakePool({ size: 1, maxWaiters: 0 });
    const lease = await pool.acquire();
    expect(await codeOf(pool.acquire())).toBe("QUEUE_FULL");
    lease.release();
    expect((await pool.acquire()).inUse).toBe(true);
  });

  test("has one timer for all who wait, however many", async () => {
    const { pool, timers } = fakePool({ size: 1 });
    const lease = await pool.acquire();
    const waiting = Array.from({ length: 1000 }, () => pool.acquire());
    expect(timers.waiting).toBe(1);
    void Promise.all(waiting.map(async (each) => (await each).release()));
    lease.release();
    await Promise.all(waiting);
    expect(pool.stats).toMatchObject({ idle: 1, waiting: 0, acquired: 1001 });
  });

  test("1,000 callers for one place are each served once, one at a time", async () => {
    const { pool } = fakePool({ size: 1 });
    let inside = 0;
    let most = 0;
    const served: number[] = [];
    const callers = Array.from({ length: 1000 }, async (_, number) => {
      using lease = await pool.acquire();
      most = Math.max(most, ++inside);
      if (number % 3 === 0) await settled();
      served.push(number);
      if (number % 7 === 0) lease.discard();
      inside--;
    });
    await Promise.all(callers);
    expect(most).toBe(1);
    expect(served).toEqual(Array.from({ length: 1000 }, (_, number) => number));
  });

  test("on the real clock: held up beyond the time-out, looks first at what has come meanwhile", async () => {
    const pool = new Pool({ size: 1, open: async () => ({}), close: () => {} });
    const lease = await pool.acquire();
    const [ours, theirs] = await pair();
    // the reply, upon which the connection comes back
    ours.once("data", () => lease.release());
    const waiting = codeOf(pool.acquire({ timeout: 50 }));
    theirs.write("reply");
    // the test's own process is the one that is held up
    for (const end = performance.now() + 200; performance.now() < end;);
    expect(await waiting).toBeUndefined();
    ours.destroy();
    theirs.destroy();
    await pool.close({ deadline: 0 });
  });

  test("on the real clock: the time-out comes, and no timer is left that keeps the process alive", async () => {
    const alive = (): number => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
    const before = alive();
    const pool = new Pool({ size: 1, open: async () => ({}), close: () => {} });
    const lease = await pool.acquire();
    const waiting = codeOf(pool.acquire({ timeout: 20 }));
    expect(alive()).toBe(before + 1);
    expect(await waiting).toBe("ACQUIRE_TIMEOUT");
    const served = pool.acquire();
    lease.release();
    // served in time: the pool's timer stays set, and holds nobody; so does the one that looks for idle connections
    (await served).release();
    expect(pool.stats.idle).toBe(1);
    expect(alive()).toBeLessThanOrEqual(before);
    await pool.close();
  });
});

/** Both ends of a connection on loopback. */
async function pair(): Promise<[Socket, Socket]> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const ours = connect((server.address() as AddressInfo).port, "127.0.0.1");
  const [theirs] = (await once(server, "connection")) as [Socket];
  server.close();
  return [ours, theirs];
}
