import { ConnectionTap, expectNoOpenResources, FaultProxy } from "@tcpip-workshop/faults";
import { FrozenListener } from "@tcpip-workshop/faults/kernel";
import { afterAll, describe, expect, test, vi } from "vitest";
import { EchoConnection } from "../echo-connection.ts";
import { startEchoServer } from "../echo-server.ts";
import { codeOf } from "../testing/fake-connections.ts";
import { resources, resourcesAtMost } from "../testing/resources.ts";
import { EchoPool } from "./echo-pool.ts";

afterAll(expectNoOpenResources);

const WAIT = { timeout: 30_000, interval: 5 };
const one = Uint8Array.of(1);
const linux = process.platform === "linux";

describe("EchoPool", () => {
  test("200 requests of 50 callers go over 4 connections", async () => {
    await using server = await startEchoServer({ mode: "framed" });
    await using pool = new EchoPool({ port: server.address.port, mode: "framed", size: 4 });
    let due = 200;
    const replies: number[] = [];
    const caller = async (): Promise<void> => {
      while (due-- > 0) {
        const payload = Uint8Array.of(due);
        replies.push((await pool.echo(payload))[0]! - payload[0]!);
      }
    };
    await Promise.all(Array.from({ length: 50 }, caller));
    expect(replies).toEqual(Array(200).fill(0));
    expect(server.stats.accepted).toBe(4);
    expect(pool.stats).toMatchObject({ opened: 4, idle: 4, leased: 0 });
  });

  test("never lends a connection that the server has closed while it was idle", async () => {
    await using server = await startEchoServer({ idleTimeout: 100 });
    await using pool = new EchoPool({ port: server.address.port, size: 2 });
    await Promise.all([pool.echo(one), pool.echo(one)]);
    const { opened } = pool.stats;
    // the fault has happened: the server's idle time-out; and the pool has heard of it without being asked for anything
    await vi.waitUntil(() => server.stats.closed.idle === opened, WAIT);
    await vi.waitUntil(() => pool.stats.closed.dead === opened, WAIT);
    expect(pool.stats.idle).toBe(0);
    expect(await pool.echo(one)).toEqual(one);
    expect(pool.stats.opened).toBe(opened + 1);
  });

  test("closes idle connections before the server does: no request ever meets a FIN", async () => {
    await using server = await startEchoServer({ idleTimeout: 60_000 });
    const upstreamIdleTimeout = 60_000;
    await using pool = new EchoPool({ port: server.address.port, upstreamIdleTimeout, idleMargin: 59_900 });
    await pool.echo(one);
    await vi.waitUntil(() => pool.stats.closed.idle === 1, WAIT);
    // it was we who said goodbye
    await vi.waitUntil(() => server.stats.closed.ended === 1, WAIT);
    expect(server.stats.closed.idle).toBe(0);
  });

  test("tells an RST in the middle of a request to its caller, and replaces the connection", async () => {
    await using server = await startEchoServer({ mode: "framed" });
    await using proxy = await FaultProxy.start(
      { port: server.address.port },
      { faults: [{ kind: "resetOnRequest", request: 2, connection: 1 }] },
    );
    await using pool = new EchoPool({ port: proxy.port, mode: "framed", size: 1 });
    await pool.echo(one);
    const hit = codeOf(pool.echo(one));
    const next = pool.echo(one);
    expect(await hit).toBe("CONNECTION_RESET");
    expect(proxy.saw(/RST/)).toBe(true);
    expect(await next).toEqual(one);
    expect(proxy.connections).toHaveLength(2);
    expect(pool.stats).toMatchObject({ opened: 2, idle: 1, closed: { dead: 1 } });
  });

  test("a request that is given up ends its connection, and who waits gets a new one", async () => {
    let silent = true;
    await using tap = await ConnectionTap.listen((socket) => {
      socket.on("data", (chunk: Buffer) => void (silent || socket.write(chunk)));
    });
    await using pool = new EchoPool({ port: tap.port, size: 1 });
    const controller = new AbortController();
    const aborted = pool.echo(one, { signal: controller.signal });
    const next = pool.echo(one);
    await tap.until(() => tap.bytesIn === 1);
    silent = false;
    controller.abort("away");
    await expect(aborted).rejects.toBe("away");
    expect(await next).toEqual(one);
    expect(tap.accepts).toBe(2);
    await tap.until(() => tap.open === 1);
    expect(pool.stats).toMatchObject({ idle: 1, leased: 0, opening: 0 });
  });

  test("keeps the connection when a request was refused before it was sent", async () => {
    await using server = await startEchoServer({ mode: "framed" });
    const { port } = server.address;
    await using pool = new EchoPool({ port, mode: "framed", size: 1, maxFrameLength: 10 });
    expect(await codeOf(pool.echo(new Uint8Array(11)))).toBe("FRAME_TOO_LARGE");
    expect(await pool.echo(one)).toEqual(one);
    expect(pool.stats.opened).toBe(1);
  });

  test("lives through a restart of the server: requests fail while it is down, and never again after", async () => {
    await using server = await startEchoServer({ mode: "framed" });
    await using proxy = await FaultProxy.start({ port: server.address.port });
    await using pool = new EchoPool({ port: proxy.port, mode: "framed", size: 4 });
    await pool.warmUp();
    await Promise.all(Array.from({ length: 8 }, () => pool.echo(one)));
    await proxy.down();
    await vi.waitUntil(() => pool.stats.closed.dead === 4, WAIT);
    const down = await Promise.all(Array.from({ length: 8 }, () => codeOf(pool.echo(one))));
    expect(down).toEqual(Array(8).fill("CONNECTION_REFUSED"));
    expect(pool.stats).toMatchObject({ idle: 0, leased: 0, opening: 0, waiting: 0 });
    await proxy.up();
    const up = await Promise.all(Array.from({ length: 100 }, () => codeOf(pool.echo(one))));
    expect(up).toEqual(Array(100).fill(undefined));
    expect(pool.stats.opened).toBe(8);
  });

  test("throws ACQUIRE_TIMEOUT while all connections are busy, and nothing of that request is sent", async () => {
    await using tap = await ConnectionTap.listen();
    await using pool = new EchoPool({ port: tap.port, size: 1, acquireTimeout: 50 });
    const controller = new AbortController();
    const busy = codeOf(pool.echo(one, { signal: controller.signal }));
    await tap.until(() => tap.bytesIn === 1);
    expect(await codeOf(pool.echo(new Uint8Array(100)))).toBe("ACQUIRE_TIMEOUT");
    expect(tap.bytesIn).toBe(1);
    controller.abort();
    await busy;
  });

  test("the total time-out counts the wait for a connection too", async () => {
    await using tap = await ConnectionTap.listen();
    await using pool = new EchoPool({ port: tap.port, size: 1 });
    const sent = vi.spyOn(EchoConnection.prototype, "echo");
    const [first, second] = [new AbortController(), new AbortController()];
    const busy = codeOf(pool.echo(one, { signal: first.signal }));
    await tap.until(() => tap.bytesIn === 1);
    const started = performance.now();
    const waiting = codeOf(pool.echo(one, { signal: second.signal, totalTimeout: 50_000 }));
    await vi.waitUntil(() => performance.now() - started > 100, WAIT);
    first.abort();
    await vi.waitUntil(() => sent.mock.calls.length === 2, WAIT);
    expect(sent.mock.calls[1]![1]!.totalTimeout).toBeLessThan(49_900);
    second.abort();
    await Promise.all([busy, waiting]);
    sent.mockRestore();
  });

  test("closes by answering what is under way, and leaves neither socket nor timer", async () => {
    await using server = await startEchoServer();
    const before = resources();
    const pool = new EchoPool({ port: server.address.port, size: 3 });
    await pool.warmUp();
    const payload = new Uint8Array(2 ** 20);
    const reply = pool.echo(payload);
    // it has its connection
    await vi.waitUntil(() => pool.stats.leased === 1, WAIT);
    const closed = pool.close();
    expect(await codeOf(pool.echo(one))).toBe("CLOSED");
    expect((await reply).length).toBe(payload.length);
    expect(await closed).toEqual({ returned: 1, cut: 0 });
    await vi.waitUntil(() => server.stats.closed.ended === 3, WAIT);
    expect(await resourcesAtMost(before)).toBeLessThanOrEqual(before);
  });

  test("cuts at the deadline what does not come to its end", async () => {
    await using tap = await ConnectionTap.listen();
    const pool = new EchoPool({ port: tap.port, size: 2 });
    const busy = codeOf(pool.echo(one));
    await tap.until(() => tap.bytesIn === 1);
    expect(await pool.close({ deadline: 50 })).toEqual({ returned: 0, cut: 1 });
    expect(await busy).toBe("CLOSED");
    await tap.until(() => tap.open === 0);
  });

  test.skipIf(!linux)(
    "is not stuck where SYNs are not answered: connect gives up in time (Linux)",
    async () => {
      await using listener = await FrozenListener.start();
      await listener.fill();
      const before = resources();
      await using pool = new EchoPool({ port: listener.port, size: 2, connectTimeout: 300 });
      const attempts = [codeOf(pool.echo(one)), codeOf(pool.echo(one))];
      // the fault is there: our SYNs wait
      await listener.until(({ synSent }) => synSent === 2);
      expect(await Promise.all(attempts)).toEqual(["CONNECT_TIMEOUT", "CONNECT_TIMEOUT"]);
      // and close() does not wait for those either
      const third = codeOf(pool.echo(one));
      await listener.until(({ synSent }) => synSent === 1);
      await pool.close();
      expect(await third).toBe("CLOSED");
      await resourcesAtMost(before);
    },
  );
});
