import type { Socket } from "node:net";
import { encodeFrame } from "@tcpip-workshop/core/framing";
import type { NetError } from "@tcpip-workshop/core/net-error";
import { ConnectionTap, expectNoOpenResources } from "@tcpip-workshop/faults";
import { FrozenListener } from "@tcpip-workshop/faults/kernel";
import { afterAll, describe, expect, test, vi } from "vitest";
import { connect } from "./connect.ts";
import { startEchoServer } from "./echo-server.ts";
import { resources, resourcesAtMost } from "./testing/resources.ts";

afterAll(expectNoOpenResources);

const MODES = ["raw", "framed"] as const;
const one = Uint8Array.of(1);
const linux = process.platform === "linux";

describe("connect", () => {
  test("throws CONNECTION_REFUSED where nobody listens, and leaves nothing", async () => {
    const server = await startEchoServer();
    const { port } = server.address;
    await server.drain(0);
    expect(await codeOf(() => connect({ port }))).toBe("CONNECTION_REFUSED");
  });

  test("throws CONNECTION_REFUSED when every address of a name refuses", async () => {
    const server = await startEchoServer();
    const { port } = server.address;
    await server.drain(0);
    expect(await codeOf(() => connect({ host: "localhost", port }))).toBe("CONNECTION_REFUSED");
  });

  test.skipIf(!linux)(
    "throws CONNECT_TIMEOUT when the SYN is not answered, and leaves nothing (Linux)",
    async () => {
      await using listener = await FrozenListener.start();
      await listener.fill();
      const { port } = listener;
      const attempt = codeOf(() => connect({ port, connectTimeout: 300 }));
      // the fault is there: our SYN waits
      await listener.until(({ synSent }) => synSent === 1);
      expect(await attempt).toBe("CONNECT_TIMEOUT");
      await listener.until(({ synSent }) => synSent === 0);
    },
  );

  test.skipIf(!linux)("throws TOTAL_TIMEOUT when that is the nearer one (Linux)", async () => {
    await using listener = await FrozenListener.start();
    await listener.fill();
    expect(await codeOf(() => connect({ port: listener.port, totalTimeout: 50 }))).toBe("TOTAL_TIMEOUT");
  });

  test.skipIf(!linux)("gives up with the signal's reason, and leaves nothing (Linux)", async () => {
    await using listener = await FrozenListener.start();
    await listener.fill();
    const reason = new Error("the caller went away");
    const controller = new AbortController();
    const before = resources();
    const attempt = connect({ port: listener.port, signal: controller.signal });
    await listener.until(({ synSent }) => synSent === 1);
    controller.abort(reason);
    await expect(attempt).rejects.toBe(reason);
    await resourcesAtMost(before);
    await expect(connect({ port: listener.port, signal: controller.signal })).rejects.toBe(reason);
  });

  test("throws CONNECTION_FAILED with the system's error as cause", async () => {
    // RFC 6761: .invalid never resolves
    const error = await connect({ host: "name.invalid", port: 1 }).catch((error: unknown) => error);
    expect(error).toMatchObject({ code: "CONNECTION_FAILED", cause: { syscall: "getaddrinfo" } });
  });

  test.each([
    { port: 0 },
    { port: 1, connectTimeout: 0 },
    { port: 1, idleTimeout: -1 },
    { port: 1, totalTimeout: 2 ** 31 },
  ])("throws ARGUMENT_INVALID for %o", async (options) => {
    await expect(connect(options)).rejects.toMatchObject({ code: "ARGUMENT_INVALID" });
  });
});

describe("EchoConnection", () => {
  test.each(MODES)("gives replies in the order of the requests, sent without waiting, %s", async (mode) => {
    await using server = await startEchoServer({ mode });
    await using connection = await connect({ port: server.address.port, mode });
    const payloads = [0, 1, 70_000, 0, 3, 1_000_000, 5].map((length) =>
      new Uint8Array(length).fill(length % 251),
    );
    const replies = await Promise.all(payloads.map((payload) => connection.echo(payload)));
    expect(replies.every((reply, index) => Buffer.compare(reply, payloads[index]!) === 0)).toBe(true);
  });

  test("throws IDLE_TIMEOUT when the peer takes all and says nothing, also while requests still go out", async () => {
    await using tap = await ConnectionTap.listen();
    const code = await codeOf(async () => {
      const connection = await connect({ port: tap.port, idleTimeout: 300 });
      const first = connection.echo(one);
      // own writes must not refresh it, as they do refresh socket.setTimeout()
      const busy = setInterval(() => void connection.echo(one).catch(() => {}), 10);
      await first.finally(() => clearInterval(busy));
    });
    expect(code).toBe("IDLE_TIMEOUT");
    expect(tap.bytesIn).toBeGreaterThan(1);
  });

  test("has no idle time-out while no reply is due", async () => {
    await using server = await startEchoServer();
    await using connection = await connect({ port: server.address.port, idleTimeout: 100 });
    await connection.echo(one);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(connection.open).toBe(true);
  });

  test("throws TOTAL_TIMEOUT against a peer that dribbles for ever, which no idle time-out ends", async () => {
    await using tap = await ConnectionTap.listen(dribble);
    const code = await codeOf(async () => {
      const connection = await connect({ port: tap.port, idleTimeout: 10_000 });
      await connection.echo(new Uint8Array(10_000), { totalTimeout: 500 });
    });
    expect(code).toBe("TOTAL_TIMEOUT");
    expect(tap.bytesOut).toBeGreaterThan(1);
  });

  test("counts totalTimeout of connect over all requests", async () => {
    await using server = await startEchoServer();
    const code = await codeOf(async () => {
      const connection = await connect({ port: server.address.port, totalTimeout: 500 });
      for (;;) await connection.echo(one);
    });
    expect(code).toBe("TOTAL_TIMEOUT");
    await vi.waitUntil(() => server.stats.bytesIn > 1, WAIT);
  });

  test("throws CONNECTION_CLOSED when FIN comes before the reply is whole", async () => {
    await using tap = await ConnectionTap.listen(
      (socket) => void socket.once("data", () => socket.end("ab")),
    );
    const code = await codeOf(async () => {
      const connection = await connect({ port: tap.port });
      await connection.echo(new Uint8Array(3));
    });
    expect(code).toBe("CONNECTION_CLOSED");
  });

  test("throws CONNECTION_RESET when RST comes, to every request that waits", async () => {
    await using tap = await ConnectionTap.listen(
      (socket) => void socket.once("data", () => socket.resetAndDestroy()),
    );
    const connection = await connect({ port: tap.port });
    const results = await Promise.allSettled([connection.echo(one), connection.echo(one)]);
    expect(results).toMatchObject([
      { reason: { code: "CONNECTION_RESET" } },
      { reason: { code: "CONNECTION_RESET" } },
    ]);
    await expect(connection.echo(one)).rejects.toMatchObject({ code: "CONNECTION_RESET" });
    expect(connection.open).toBe(false);
  });

  test.each(MODES)("throws REPLY_INVALID when more comes than was asked for, %s", async (mode) => {
    const twice = Buffer.concat([encodeFrame(one), encodeFrame(one)]);
    await using tap = await ConnectionTap.listen(
      (socket) => void socket.once("data", () => socket.write(twice)),
    );
    await using connection = await connect({ port: tap.port, mode });
    await connection.echo(one).catch(() => {});
    await connection.closed;
    expect(connection.error).toMatchObject({ code: "REPLY_INVALID" });
  });

  test("throws FRAME_TOO_LARGE for a payload above the limit, and stays open", async () => {
    await using server = await startEchoServer({ mode: "framed" });
    await using connection = await connect({ port: server.address.port, mode: "framed", maxFrameLength: 10 });
    await expect(connection.echo(new Uint8Array(11))).rejects.toMatchObject({ code: "FRAME_TOO_LARGE" });
    expect(await connection.echo(one)).toEqual(one);
  });

  test("throws FRAME_TOO_LARGE for a reply above the limit", async () => {
    await using tap = await ConnectionTap.listen(
      (socket) => void socket.once("data", () => socket.write("GET / HTTP")),
    );
    const code = await codeOf(async () => {
      const connection = await connect({ port: tap.port, mode: "framed" });
      await connection.echo(one);
    });
    expect(code).toBe("FRAME_TOO_LARGE");
  });

  test("rejects an aborted request with the signal's reason, and those beside it with CLOSED", async () => {
    await using tap = await ConnectionTap.listen();
    const before = resources();
    const connection = await connect({ port: tap.port });
    const controller = new AbortController();
    const aborted = connection.echo(one, { signal: controller.signal });
    const beside = connection.echo(one);
    const reason = new Error("the caller went away");
    controller.abort(reason);
    await expect(aborted).rejects.toBe(reason);
    await expect(beside).rejects.toMatchObject({ code: "CLOSED", cause: reason });
    await connection.closed;
    await tap.until(() => tap.open === 0);
    await resourcesAtMost(before);
  });

  test("does not touch the wire for a signal that is aborted already", async () => {
    await using server = await startEchoServer();
    await using connection = await connect({ port: server.address.port });
    const reason = new Error("too late");
    await expect(connection.echo(one, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(await connection.echo(one)).toEqual(one);
  });

  test("close() waits for the replies that are due, and takes no more requests", async () => {
    await using server = await startEchoServer();
    const connection = await connect({ port: server.address.port });
    const payload = new Uint8Array(2 ** 20);
    const reply = connection.echo(payload);
    const closed = connection.close();
    await expect(connection.echo(one)).rejects.toMatchObject({ code: "CLOSED" });
    expect((await reply).length).toBe(payload.length);
    await closed;
    expect(connection.error).toBeUndefined();
  });

  test("close() does not wait longer than the idle time-out for a peer that never ends", async () => {
    await using tap = await ConnectionTap.listen((socket) => void socket.resume(), { allowHalfOpen: true });
    const connection = await connect({ port: tap.port, idleTimeout: 100 });
    await connection.close();
    expect(connection.error).toMatchObject({ code: "IDLE_TIMEOUT" });
  });

  test("destroy() rejects what is due with CLOSED", async () => {
    await using tap = await ConnectionTap.listen();
    const connection = await connect({ port: tap.port });
    const reply = connection.echo(one);
    connection.destroy();
    await expect(reply).rejects.toMatchObject({ code: "CLOSED" });
    await connection.closed;
  });

  test("sees that the peer has closed while nothing was due", async () => {
    await using server = await startEchoServer();
    const connection = await connect({ port: server.address.port });
    await connection.echo(one);
    await server.drain();
    await connection.closed;
    expect(connection.open).toBe(false);
    await expect(connection.echo(one)).rejects.toMatchObject({ code: "CONNECTION_CLOSED" });
  });
});

const WAIT = { timeout: 30_000, interval: 5 };

/** The code of the error that `attempt` throws, when no socket and no timer is left of it. */
async function codeOf(attempt: () => Promise<unknown>): Promise<unknown> {
  const before = resources();
  const error: unknown = await attempt().catch((error: unknown) => error);
  await resourcesAtMost(before);
  return (error as NetError).code;
}

/** A byte every 20 ms, as long as the connection lives. */
function dribble(socket: Socket): void {
  const timer = setInterval(() => socket.write("."), 20);
  socket.resume().once("close", () => clearInterval(timer));
}
