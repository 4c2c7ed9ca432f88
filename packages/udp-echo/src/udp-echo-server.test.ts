import { networkInterfaces } from "node:os";
import { VirtualTimers } from "@tcpip-workshop/faults";
import { describe, expect, test } from "vitest";
import { decodeMessage, encodeMessage } from "./message.ts";
import { eventually } from "./testing/eventually.ts";
import { Peer } from "./testing/peer.ts";
import { bytes, request, startServer } from "./testing/start-server.ts";

const noIpv6 = !Object.values(networkInterfaces()).some((all) =>
  all?.some(({ address }) => address === "::1"),
);

describe("mode echo", () => {
  test("sends each datagram back as it came: boundaries, empty ones, the longest", async () => {
    const { server } = await startServer();
    await using _server = server;
    await using peer = await Peer.open(server.address);
    await peer.send(bytes(1), bytes(0), bytes(2), bytes(65_507));
    expect((await peer.has(4)).map(({ length }) => length)).toEqual([1, 0, 2, 65_507]);
    expect(server.stats).toMatchObject({ received: 4, echoed: 4, sent: 4, sentBytes: 65_510 });
  });

  test.skipIf(noIpv6)("works over IPv6 (skipped where the loopback interface has no ::1)", async () => {
    await using server = (await startServer({ host: "::1" })).server;
    await using peer = await Peer.open(server.address);
    await peer.send(bytes(65_527));
    expect((await peer.has(1))[0]).toHaveLength(65_527);
  });

  test("drops what is longer than maxDatagramLength, and goes on", async () => {
    const { server, events } = await startServer({ maxDatagramLength: 100 });
    await using _server = server;
    await using peer = await Peer.open(server.address);
    await peer.send(bytes(101), bytes(100));
    expect((await peer.has(1))[0]).toHaveLength(100);
    expect(server.stats).toMatchObject({ received: 2, oversized: 1, echoed: 1 });
    const { address, port } = peer.socket.address();
    expect(events).toContainEqual({
      event: "dropped",
      reason: "oversized",
      protocol: "udp",
      localAddress: "127.0.0.1",
      localPort: server.address.port,
      remoteAddress: address,
      remotePort: port,
      bytes: 101,
      suppressed: 0,
    });
  });

  test("does not answer a port below minSourcePort, so that no two services echo each other for ever", async () => {
    const { server } = await startServer({ minSourcePort: 65_535 });
    await using _server = server;
    await using peer = await Peer.open(server.address);
    expect(peer.socket.address().port).toBeLessThan(65_535);
    await peer.send(bytes(5));
    await eventually(() => server.stats.reflected, 1);
    expect(server.stats.sent).toBe(0);
  });

  test("goes on when a client is gone before its answer: the ICMP error ends nothing", async () => {
    const { server } = await startServer();
    await using _server = server;
    const gone = await Peer.open(server.address);
    await gone.send(bytes(1));
    await gone[Symbol.asyncDispose]();
    await using peer = await Peer.open(server.address);
    await peer.send(bytes(2));
    await peer.has(1);
    expect(server.stats.received).toBe(2);
  });
});

describe("mode request", () => {
  test("executes a request once, however often it comes, and answers each time", async () => {
    let executions = 0;
    const handler = () => Uint8Array.of(++executions);
    await using server = (await startServer({ mode: "request", handler })).server;
    await using peer = await Peer.open(server.address);
    await peer.send(request(1n, bytes(1)), request(1n, bytes(1)), request(1n, bytes(1)));
    const replies = (await peer.has(3)).map((datagram) => decodeMessage(datagram));
    expect(replies).toEqual([1, 2, 3].map(() => ({ kind: "reply", id: 1n, payload: Uint8Array.of(1) })));
    expect(executions).toBe(1);
    expect(server.stats).toMatchObject({ received: 3, executed: 1, duplicates: 2, sent: 3 });
  });

  test("takes the same id of another client for another request", async () => {
    await using server = (await startServer({ mode: "request" })).server;
    await using one = await Peer.open(server.address);
    await using two = await Peer.open(server.address);
    await one.send(request(1n, bytes(1)));
    await two.send(request(1n, bytes(2)));
    await Promise.all([one.has(1), two.has(1)]);
    expect(server.stats).toMatchObject({ executed: 2, duplicates: 0 });
  });

  test("sends one reply to a request that came three times while its handler ran", async () => {
    const { promise, resolve } = Promise.withResolvers<Uint8Array>();
    await using server = (await startServer({ mode: "request", handler: () => promise })).server;
    await using peer = await Peer.open(server.address);
    await peer.send(request(1n, bytes(1)), request(1n, bytes(1)), request(1n, bytes(1)));
    await eventually(() => server.stats.duplicates, 2);
    resolve(bytes(3));
    await peer.has(1);
    expect(server.stats).toMatchObject({ executed: 1, sent: 1 });
  });

  test("never answers garbage or a reply: no byte goes to whoever's address is on it", async () => {
    await using server = (await startServer({ mode: "request" })).server;
    await using peer = await Peer.open(server.address);
    const reply = encodeMessage({ kind: "reply", id: 1n, payload: bytes(4) });
    await peer.send(bytes(0), bytes(11), bytes(1400, 0xff), reply, request(2n, bytes(1)));
    await peer.has(1);
    expect(server.stats).toMatchObject({ received: 5, malformed: 4, executed: 1, sent: 1, sentBytes: 13 });
  });

  test("does not send a reply that is more than maxAmplification times the request", async () => {
    const handler = (payload: Uint8Array) => bytes(payload.length === 0 ? 25 : 24);
    const { server, events } = await startServer({ mode: "request", handler });
    await using _server = server;
    await using peer = await Peer.open(server.address);
    await peer.send(request(1n, bytes(0)), request(2n, bytes(1)));
    expect(decodeMessage((await peer.has(1))[0]!)?.id).toBe(2n);
    expect(server.stats).toMatchObject({ executed: 2, failed: 1 });
    expect(events).toContainEqual(
      expect.objectContaining({
        event: "failed",
        message: "Expected a reply of at most 36 bytes to a request of 12, got 37",
      }),
    );
  });

  test("counts a handler that throws, does not run it again, and goes on", async () => {
    let calls = 0;
    const handler = (payload: Uint8Array) => {
      calls++;
      if (payload.length === 0) throw new Error("broken");
      return payload;
    };
    await using server = (await startServer({ mode: "request", handler })).server;
    await using peer = await Peer.open(server.address);
    await peer.send(request(1n, bytes(0)), request(1n, bytes(0)), request(2n, bytes(1)));
    await peer.has(1);
    expect(calls).toBe(2);
    expect(server.stats).toMatchObject({ failed: 1, duplicates: 1, executed: 2 });
  });

  test("gives the place of a handler that never ends to another", async () => {
    const handler = (payload: Uint8Array) => (payload.length === 0 ? new Promise<never>(() => {}) : payload);
    const timers = new VirtualTimers();
    await using server = (
      await startServer({ mode: "request", handler, timers, handlerTimeout: 20, maxRunning: 1 })
    ).server;
    await using peer = await Peer.open(server.address);
    await peer.send(request(1n, bytes(0)), request(2n, bytes(1)));
    await eventually(() => server.stats.overloaded, 1);
    timers.advance(20);
    await eventually(() => server.running, 0);
    expect(server.stats).toMatchObject({ executed: 1, failed: 1 });
    await peer.send(request(2n, bytes(1)));
    expect(decodeMessage((await peer.has(1))[0]!)?.id).toBe(2n);
  });

  test("remembers no more than its window, and counts what it forgot before its time", async () => {
    await using server = (await startServer({ mode: "request", windowEntries: 2 })).server;
    await using peer = await Peer.open(server.address);
    await peer.send(...[1n, 2n, 3n, 1n].map((id) => request(id, bytes(1))));
    await peer.has(4);
    expect(server.stats).toMatchObject({ executed: 4, duplicates: 0, evicted: 2 });
  });
});

describe("startUdpEchoServer", () => {
  test("says that the port is taken", async () => {
    await using first = (await startServer()).server;
    const { port } = first.address;
    await expect(startServer({ port })).rejects.toMatchObject({
      code: "ADDRESS_IN_USE",
      message: `Expected to bind 127.0.0.1 port ${port}, got bind EADDRINUSE 127.0.0.1:${port}`,
    });
  });

  test.each(["203.0.113.77", "no..such"])("says that %s cannot be had", async (host) => {
    await expect(startServer({ host })).rejects.toMatchObject({ code: "ADDRESS_UNAVAILABLE" });
  });

  test.each([
    { port: -1 },
    { port: 65_536 },
    { mode: "other" as "echo" },
    { handler: () => bytes(1) },
    { maxRunning: 0 },
    { windowBytes: 1000 },
    { maxDatagramLength: 1.5 },
    { receiveBufferBytes: 0 },
    { drainDeadline: -1 },
  ])("refuses %o", async (options) => {
    await expect(startServer(options)).rejects.toMatchObject({ code: "ARGUMENT_INVALID" });
  });
});
