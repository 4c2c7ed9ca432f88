import dns from "node:dns";
import type { Socket } from "node:net";
import { Deadline, deadlineIn } from "@tcpip-workshop/core/deadline";
import { encodeFrame } from "@tcpip-workshop/core/framing";
import type { NetError } from "@tcpip-workshop/core/net-error";
import { type ConnectionHandler, ConnectionTap, expectNoOpenResources } from "@tcpip-workshop/faults";
import { FrozenListener } from "@tcpip-workshop/faults/kernel";
import { afterAll, describe, expect, test, vi } from "vitest";
import { connect } from "./connect.ts";
import type { EchoConnection } from "./echo-connection.ts";
import { startEchoServer } from "./echo-server.ts";
import { resources, resourcesAtMost } from "./testing/resources.ts";
import { watchTimers } from "./testing/timers.ts";

afterAll(expectNoOpenResources);

const MODES = ["raw", "framed"] as const;
const one = Uint8Array.of(1);
/** More than the kernel holds for a connection (tcp_wmem, tcp_rmem: 4 and 6 MiB at most): it is sent as the peer takes it. */
const large = new Uint8Array(2 ** 24);
const linux = process.platform === "linux";

/** How a connection ends, what the peer does for that, and what we do. */
const ENDS: [how: string, peer: ConnectionHandler, we: (connection: EchoConnection) => unknown][] = [
  ["it is closed", (socket) => void socket.pipe(socket), (connection) => connection.close()],
  ["it is destroyed", (socket) => void socket.resume(), (connection) => connection.destroy()],
  ["the peer sends FIN", (socket) => void socket.once("data", () => socket.end()), () => {}],
  ["the peer sends RST", (socket) => void socket.once("data", () => socket.resetAndDestroy()), () => {}],
];

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
    const { port } = listener;
    const code = await codeOf(() => connect({ port, connectTimeout: Infinity, totalTimeout: 50 }));
    expect(code).toBe("TOTAL_TIMEOUT");
  });

  test.skipIf(!linux)("throws TOTAL_TIMEOUT when a deadline comes first (Linux)", async () => {
    await using listener = await FrozenListener.start();
    await listener.fill();
    const deadline = deadlineIn(50, performance.now());
    const { port } = listener;
    expect(await codeOf(() => connect({ port, deadline, connectTimeout: Infinity }))).toBe("TOTAL_TIMEOUT");
  });

  test("does not begin when the deadline has passed: TOTAL_TIMEOUT, and not one SYN", async () => {
    await using tap = await ConnectionTap.listen();
    const deadline = new Deadline(performance.now());
    expect(await codeOf(() => connect({ port: tap.port, deadline }))).toBe("TOTAL_TIMEOUT");
    await using later = await connect({ port: tap.port, deadline: deadlineIn(60_000, performance.now()) });
    await tap.until(() => tap.open === 1);
    expect([later.open, tap.accepts]).toEqual([true, 1]);
  });

  test("counts the look-up of the name in the connect time-out, and does not connect when the answer comes after all", async () => {
    await using tap = await ConnectionTap.listen();
    const asked: LookUp[] = [];
    vi.spyOn(dns, "lookup").mockImplementation(((
      host: string,
      _options: unknown,
      answer: LookUp["answer"],
    ) => {
      asked.push({ host, answer });
    }) as typeof dns.lookup);
    try {
      const attempt = (): Promise<unknown> =>
        connect({ host: "slow.invalid", port: tap.port, connectTimeout: 100 });
      expect(await codeOf(attempt)).toBe("CONNECT_TIMEOUT");
      expect(asked.map(({ host }) => host)).toEqual(["slow.invalid"]);
      asked[0]!.answer(null, [{ address: "127.0.0.1", family: 4 }]);
    } finally {
      vi.restoreAllMocks();
    }
    // one that was begun later has come: so the other would have, too
    await using _after = await connect({ port: tap.port });
    await tap.until(() => tap.accepts > 0);
    expect(tap.accepts).toBe(1);
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
      const busy = setInterval(() => void connection.echo(large).catch(() => {}), 10);
      await first.finally(() => clearInterval(busy));
    });
    expect(code).toBe("IDLE_TIMEOUT");
    // and they did go out, a piece at a time
    expect(tap.bytesIn).toBeGreaterThan(100_000);
  });

  test("is not idle while bytes come, however long it takes until all have", async () => {
    await using tap = await ConnectionTap.listen(dribble);
    await using connection = await connect({ port: tap.port, idleTimeout: 300 });
    const begun = performance.now();
    const bytes = 40;
    await connection.echo(new Uint8Array(bytes));
    // the idle time-out would have had its chance
    expect(performance.now() - begun).toBeGreaterThan(600);
    connection.destroy();
  });

  test("waits for as long as it takes when the time-outs are Infinity", async () => {
    const late = (socket: Socket): void =>
      void socket.once("data", (chunk: Buffer) => setTimeout(() => socket.write(chunk), 100));
    await using tap = await ConnectionTap.listen(late);
    const never = { connectTimeout: Infinity, idleTimeout: Infinity, totalTimeout: Infinity };
    await using connection = await connect({ port: tap.port, ...never });
    expect(await connection.echo(one, { totalTimeout: Infinity })).toEqual(one);
  });

  test("does not take a hold-up of its own process for silence of the peer's", async () => {
    const idleTimeout = 50;
    // The reply is with the kernel, and before anybody can read it the idle timer is overdue.
    await using tap = await ConnectionTap.listen(
      (socket) =>
        void socket.on("data", (chunk: Buffer) => {
          socket.write(chunk);
          holdUp(3 * idleTimeout);
        }),
    );
    await using connection = await connect({ port: tap.port, idleTimeout });
    expect(await connection.echo(one)).toEqual(one);
    expect(await connection.echo(one)).toEqual(one);
  });

  test("has no idle time-out while no reply is due, and has one again with the next request", async () => {
    await using tap = await ConnectionTap.listen(
      (socket) => void socket.resume().once("data", (chunk: Buffer) => socket.write(chunk)),
    );
    const code = await codeOf(async () => {
      const connection = await connect({ port: tap.port, idleTimeout: 100 });
      await connection.echo(one);
      await new Promise((resolve) => setTimeout(resolve, 500));
      expect(connection.open).toBe(true);
      await connection.echo(one, { totalTimeout: 20_000 });
    });
    expect(code).toBe("IDLE_TIMEOUT");
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

  test("throws TOTAL_TIMEOUT when a deadline from outside comes before the time-out of its own", async () => {
    await using tap = await ConnectionTap.listen(dribble);
    const code = await codeOf(async () => {
      const connection = await connect({ port: tap.port });
      const deadline = deadlineIn(500, performance.now());
      await connection.echo(new Uint8Array(10_000), { deadline });
    });
    expect(code).toBe("TOTAL_TIMEOUT");
    expect(tap.bytesOut).toBeGreaterThan(1);
  });

  test("does not touch the wire when the deadline has passed, and stays open", async () => {
    await using tap = await ConnectionTap.listen((socket) => void socket.pipe(socket));
    await using connection = await connect({ port: tap.port });
    const deadline = new Deadline(performance.now());
    await expect(connection.echo(one, { deadline })).rejects.toMatchObject({ code: "TOTAL_TIMEOUT" });
    const later = deadlineIn(60_000, performance.now());
    expect(await connection.echo(one, { deadline: later, totalTimeout: Infinity })).toEqual(one);
    expect(tap.bytesIn).toBe(1);
  });

  test.each(ENDS)(
    "leaves none of its timers, which would have run for weeks, when %s",
    async (_how, handler, end) => {
      await using tap = await ConnectionTap.listen(handler);
      const before = resources();
      const timers = watchTimers();
      const weeks = 2 ** 31 - 1;
      const limits = { connectTimeout: weeks, idleTimeout: weeks, totalTimeout: weeks };
      const connection = await connect({ port: tap.port, ...limits });
      const reply = connection.echo(one, { totalTimeout: weeks }).catch((error: unknown) => error);
      // idle, total of the connection, total of the request
      expect(timers.running()).toBeGreaterThanOrEqual(3);
      await end(connection);
      await reply;
      await connection.closed;
      await tap.until(() => tap.open === 0);
      await timers.allGone();
      await resourcesAtMost(before);
    },
  );

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
  const timers = watchTimers();
  const error: unknown = await attempt().catch((error: unknown) => error);
  await timers.allGone();
  await resourcesAtMost(before);
  return (error as NetError).code;
}

/** Nothing else happens in this process for that long, in ms. */
function holdUp(duration: number): void {
  const end = performance.now() + duration;
  while (performance.now() < end);
}

interface LookUp {
  host: string;
  answer: (error: null, addresses: { address: string; family: number }[]) => void;
}

/** A byte every 20 ms, as long as the connection lives. */
function dribble(socket: Socket): void {
  const timer = setInterval(() => socket.write("."), 20);
  socket.resume().once("close", () => clearInterval(timer));
}
