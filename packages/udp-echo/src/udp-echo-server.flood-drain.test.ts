import { Socket } from "node:dgram";
import { existsSync } from "node:fs";
import { readSockets } from "@tcpip-workshop/diagnostics";
import { VirtualTimers } from "@tcpip-workshop/faults";
import { describe, expect, test, vi } from "vitest";
import { decodeMessage } from "./message.ts";
import { eventually } from "./testing/eventually.ts";
import { Peer } from "./testing/peer.ts";
import { bytes, request, startServer } from "./testing/start-server.ts";

const noProc = !existsSync("/proc/net/udp");

describe("floods", () => {
  test.skipIf(noProc)(
    "every datagram is counted: read by the server or dropped by the kernel (skipped without /proc/net/udp)",
    async () => {
      const { server, events } = await startServer({ mode: "request", receiveBufferBytes: 8192 });
      await using _server = server;
      await using peer = await Peer.open(server.address);
      // all in one turn of the event loop: the server cannot read in between
      const sent = 1000;
      for (let index = 0; index < sent; index++) peer.socket.send(bytes(1400, 0xff));
      await eventually(
        async () => server.stats.received + ((await server.kernelDrops())?.socketDrops ?? 0),
        sent,
      );
      const drops = await server.kernelDrops();
      const witness = readSockets({ protocols: ["udp"], port: server.address.port }).find(
        ({ state }) => state === "UNCONN",
      );
      expect(witness).toMatchObject({ drops: drops?.socketDrops });
      expect(drops?.socketDrops).toBeGreaterThan(0);
      expect(drops?.rcvbufErrors).toBeGreaterThanOrEqual(drops!.socketDrops);
      expect(server.stats).toMatchObject({ malformed: server.stats.received, sent: 0 });
      await peer.send(request(1n, bytes(1)));
      await peer.has(1);
      expect(events.filter(({ event }) => event === "dropped").length).toBeLessThan(sent / 10);
    },
  );

  test("tells at most ten drops a second, and later how many it kept to itself", async () => {
    const { server, events } = await startServer({ mode: "request", timers: new VirtualTimers() });
    await using _server = server;
    await using peer = await Peer.open(server.address);
    await peer.send(...Array.from({ length: 50 }, () => bytes(3)));
    await eventually(() => server.stats.malformed, 50);
    expect(events.filter(({ event }) => event === "dropped")).toHaveLength(10);
  });

  test("drops replies that would queue up behind a kernel that takes no more", async () => {
    await using server = (await startServer({ maxSendQueueBytes: 65_535 })).server;
    await using peer = await Peer.open(server.address);
    const queue = vi.spyOn(Socket.prototype, "getSendQueueSize").mockReturnValue(65_535);
    try {
      await peer.send(bytes(10));
      await eventually(() => server.stats.sendErrors, 1);
    } finally {
      queue.mockRestore();
    }
    await peer.send(bytes(20));
    expect((await peer.has(1))[0]).toHaveLength(20);
  });
});

describe("drain", () => {
  test("answers what is in hand, takes nothing new, and closes", async () => {
    const { promise, resolve } = Promise.withResolvers<Uint8Array>();
    const { server, events } = await startServer({ mode: "request", handler: () => promise });
    await using peer = await Peer.open(server.address);
    await peer.send(request(1n, bytes(1)));
    await eventually(() => server.running, 1);
    const drained = server.drain();
    await peer.send(request(2n, bytes(1)));
    await eventually(() => server.stats.afterDrain, 1);
    resolve(bytes(5));
    expect(await drained).toMatchObject({ finished: 1, cut: 0 });
    expect(decodeMessage((await peer.has(1))[0]!)).toMatchObject({ id: 1n, payload: bytes(5) });
    expect(events.map(({ event }) => event)).toEqual(["listening", "received", "draining", "drained"]);
  });

  test("cuts what is not done by the deadline, tells the handler, and sends nothing afterwards", async () => {
    let reason: unknown;
    const { server } = await startServer({
      mode: "request",
      handler: (_payload, { signal }) =>
        new Promise((resolve) => {
          signal.addEventListener("abort", () => {
            reason = signal.reason;
            resolve(bytes(1));
          });
        }),
    });
    await using peer = await Peer.open(server.address);
    await peer.send(request(1n, bytes(1)));
    await eventually(() => server.running, 1);
    const patient = server.drain();
    expect(await server.drain(10)).toMatchObject({ finished: 0, cut: 1 });
    expect(await patient).toMatchObject({ cut: 1 });
    expect(reason).toMatchObject({ code: "CLOSED" });
    expect(peer.got).toEqual([]);
  });

  test.skipIf(noProc)("leaves no socket behind (skipped without /proc/net/udp)", async () => {
    const { server } = await startServer();
    const sockets = () => readSockets({ protocols: ["udp"], port: server.address.port });
    expect(sockets()).toHaveLength(1);
    await server.drain();
    expect(sockets()).toEqual([]);
  });

  test("may be asked for again when all is over", async () => {
    const { server } = await startServer();
    const report = await server.drain();
    expect(await server.drain()).toBe(report);
    expect(await server.drain(0)).toBe(report);
    expect(await server.drain(50)).toBe(report);
  });
});
