import { createServer } from "node:net";
import { encodeFrame } from "@tcpip-workshop/core/framing";
import { expectNoOpenResources, ScriptedPeer } from "@tcpip-workshop/faults";
import { afterAll, describe, expect, test, vi } from "vitest";
import { connect } from "./connect.ts";
import type { EchoEvent } from "./echo-event.ts";
import { startEchoServer, type EchoServer } from "./echo-server.ts";

afterAll(expectNoOpenResources);

const MODES = ["raw", "framed"] as const;
const hello = encodeFrame(Buffer.from("hello"));

describe("an echo server", () => {
  test.each(MODES)("sends %s bytes back as they came, and ends when the peer has", async (mode) => {
    await using server = await startEchoServer({ mode });
    await using peer = await ScriptedPeer.connect(server.address.port);
    peer.send(hello);
    peer.end();
    await peer.until(() => peer.ended === "FIN");
    expect(peer.bytes).toEqual(new Uint8Array(hello));
    await closed(server, 1);
    expect(server.stats).toMatchObject({ accepted: 1, bytesIn: 9, bytesOut: 9, closed: { ended: 1 } });
    expect(server.connections).toBe(0);
  });

  test.each(MODES)("owes a peer that has half-closed all of its 4 MiB, %s", async (mode) => {
    await using server = await startEchoServer({ mode });
    await using peer = await ScriptedPeer.connect(server.address.port);
    peer.pause();
    const wire = Buffer.concat(
      Array.from({ length: 64 }, (_, index) => encodeFrame(Buffer.alloc(65_536, index))),
    );
    peer.send(wire);
    peer.end();
    // the proof that the echo did not fit on the way: the server has not come to the end of what we sent
    expect(server.connections).toBe(1);
    peer.resume();
    await peer.until(() => peer.ended === "FIN");
    expect(Buffer.compare(peer.bytes, wire)).toBe(0);
  });

  test("tells each connection's 5-tuple, bytes and reason", async () => {
    const events: EchoEvent[] = [];
    const server = await startEchoServer({ onEvent: (event) => events.push(event) });
    const { port } = server.address;
    await using peer = await ScriptedPeer.connect(port);
    peer.send("hi");
    await peer.until(() => peer.receivedBytes === 2);
    peer.end();
    await closed(server, 1);
    await server.drain();
    const tuple = {
      protocol: "tcp",
      localAddress: "127.0.0.1",
      localPort: port,
      remoteAddress: "127.0.0.1",
      remotePort: peer.localPort,
    };
    expect(events).toMatchObject([
      { event: "listening", localPort: port },
      { event: "connected", ...tuple },
      { event: "closed", reason: "ended", bytesIn: 2, bytesOut: 2, ...tuple },
      { event: "draining" },
      { event: "drained", finished: 0, cut: 0 },
    ]);
  });

  test("closes one connection above the limit at once, counts it, and takes the next when there is room", async () => {
    await using server = await startEchoServer({ maxConnections: 2 });
    const { port } = server.address;
    await using first = await ScriptedPeer.connect(port);
    await using second = await ScriptedPeer.connect(port);
    await vi.waitUntil(() => server.connections === 2, WAIT);
    await using third = await ScriptedPeer.connect(port);
    await third.until(() => third.ended !== undefined);
    expect(server.stats).toMatchObject({ accepted: 2, dropped: 1 });
    second.send("still here");
    await second.until(() => second.receivedBytes === 10);
    first.end();
    await closed(server, 1);
    await using fourth = await connect({ port });
    expect(await fourth.echo(Uint8Array.of(4))).toEqual(Uint8Array.of(4));
  });

  test("closes a connection on which nothing moves for the idle time-out, with FIN", async () => {
    await using server = await startEchoServer({ idleTimeout: 50 });
    await using peer = await ScriptedPeer.connect(server.address.port);
    await peer.until(() => peer.ended !== undefined);
    expect(peer.ended).toBe("FIN");
    await closed(server, 1);
    expect(server.stats.closed.idle).toBe(1);
  });

  test.each(MODES)("does not take a peer for idle that sends byte by byte, %s", async (mode) => {
    const idleTimeout = 1000;
    await using server = await startEchoServer({ mode, idleTimeout });
    await using peer = await ScriptedPeer.connect(server.address.port);
    const started = performance.now();
    const wire = encodeFrame(Buffer.alloc(26));
    for (const byte of wire) {
      peer.send(Uint8Array.of(byte));
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    // the whole took longer than the time-out, no pause did by far
    expect(performance.now() - started).toBeGreaterThan(idleTimeout);
    await peer.until(() => peer.receivedBytes === wire.length);
    expect(server.stats.closed.idle).toBe(0);
  });

  test.each(MODES)(
    "stops reading from a peer that never reads, and cuts it when it is idle, %s",
    async (mode) => {
      await using server = await startEchoServer({ mode, idleTimeout: 500 });
      await using peer = await ScriptedPeer.connect(server.address.port, { keep: false });
      peer.pause();
      const wire = Buffer.concat(Array.from({ length: 16 }, () => encodeFrame(Buffer.alloc(65_532))));
      const offered = 128;
      for (let count = 0; count < offered; count++) peer.send(wire);
      await closed(server, 1);
      const { bytesIn } = server.stats;
      expect(server.stats.closed.idle).toBe(1);
      // a stall, not a start: more than the stream's own buffers have gone through
      expect(bytesIn).toBeGreaterThan(128 * 1024);
      // kernel buffers hold some MiB (tcp_rmem, tcp_wmem); a server that keeps the echo would have taken all 128
      expect(bytesIn).toBeLessThan((offered / 4) * wire.length);
    },
  );

  test("answers the good frames in front of one that is too long, ends with FIN, and stays up", async () => {
    await using server = await startEchoServer({ mode: "framed", maxFrameLength: 100 });
    await using peer = await ScriptedPeer.connect(server.address.port);
    peer.send(Buffer.concat([hello, Buffer.from([0, 0, 0, 101]), Buffer.alloc(500_000)]));
    await peer.until(() => peer.ended !== undefined);
    expect(peer.ended).toBe("FIN");
    expect(peer.bytes).toEqual(new Uint8Array(hello));
    peer.end();
    await closed(server, 1);
    expect(server.stats.closed.frame).toBe(1);
    await using next = await connect({ port: server.address.port, mode: "framed" });
    expect(await next.echo(Uint8Array.of(1))).toEqual(Uint8Array.of(1));
  });

  test("does not wait for ever for the end of a peer whose frame it refused", async () => {
    await using server = await startEchoServer({ mode: "framed", maxFrameLength: 100 });
    await using peer = await ScriptedPeer.connect(server.address.port);
    peer.send(Buffer.from("GET / HTTP/1.1\r\n\r\n"));
    // the peer never ends
    await closed(server, 1);
    expect(server.stats.closed.frame).toBe(1);
  });

  test("counts a stream that ends inside a frame, and still answers the frames before", async () => {
    await using server = await startEchoServer({ mode: "framed" });
    await using peer = await ScriptedPeer.connect(server.address.port);
    peer.send(Buffer.concat([hello, hello.subarray(0, 6)]));
    peer.end();
    await peer.until(() => peer.ended === "FIN");
    expect(peer.bytes).toEqual(new Uint8Array(hello));
    await closed(server, 1);
    expect(server.stats.closed.frame).toBe(1);
  });

  test.each(MODES)("outlives 200 peers that reset at different moments, %s", async (mode) => {
    await using server = await startEchoServer({ mode });
    const { port } = server.address;
    for (let round = 0; round < 10; round++) {
      await Promise.all(Array.from({ length: 20 }, (_, index) => resetAt(port, index % 3)));
    }
    await vi.waitUntil(() => server.stats.accepted === 200 && server.connections === 0, WAIT);
    await using connection = await connect({ port, mode });
    expect(await connection.echo(Uint8Array.of(1))).toEqual(Uint8Array.of(1));
    // the RSTs came: none of these peers has sent FIN
    const { reset, ended, frame } = server.stats.closed;
    expect([reset, ended, frame]).toEqual([200, 0, 0]);
  });

  test.each(MODES)("serves 500 connections at once, each its own bytes, %s", async (mode) => {
    await using server = await startEchoServer({ mode });
    const { port } = server.address;
    const connections = await Promise.all(Array.from({ length: 500 }, () => connect({ port, mode })));
    await vi.waitUntil(() => server.connections === 500, WAIT);
    const payload = (index: number) => new Uint8Array(300).fill(index % 251);
    const replies = await Promise.all(
      connections.map((connection, index) => connection.echo(payload(index))),
    );
    expect(replies.every((reply, index) => Buffer.compare(reply, payload(index)) === 0)).toBe(true);
    await Promise.all(connections.map((connection) => connection.close()));
    await vi.waitUntil(() => server.connections === 0, WAIT);
    expect(server.stats.closed.ended).toBe(500);
  });

  test("keeps nothing of 500 connections opened and closed one after the other", async () => {
    await using server = await startEchoServer();
    for (let count = 0; count < 500; count++) {
      await using connection = await connect({ port: server.address.port });
      await connection.echo(Uint8Array.of(1, 2, 3));
    }
    await vi.waitUntil(() => server.connections === 0, WAIT);
    expect(server.stats).toMatchObject({
      accepted: 500,
      bytesIn: 1500,
      bytesOut: 1500,
      closed: { ended: 500 },
    });
  });
});

describe("startEchoServer", () => {
  test("throws ADDRESS_IN_USE, with the address, when somebody listens there", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => other.once("listening", resolve));
    const { port } = other.address() as { port: number };
    const error = await startEchoServer({ port }).catch((error: unknown) => error);
    expect(error).toMatchObject({ code: "ADDRESS_IN_USE", cause: { code: "EADDRINUSE" } });
    expect((error as Error).message).toContain(`127.0.0.1 port ${port}`);
    other.close();
  });

  test("throws ADDRESS_UNAVAILABLE for an address that is not this host's", async () => {
    // TEST-NET-1 (RFC 5737): nobody has it
    await expect(startEchoServer({ host: "192.0.2.1" })).rejects.toMatchObject({
      code: "ADDRESS_UNAVAILABLE",
    });
  });

  test.each([
    { port: 65_536 },
    { port: 1.5 },
    { maxConnections: 0 },
    { maxFrameLength: -1 },
    { idleTimeout: 0 },
    { idleTimeout: Number.NaN },
    { idleTimeout: 2 ** 31 },
    { drainDeadline: -1 },
    { mode: "lines" as "raw" },
  ])("throws ARGUMENT_INVALID for %o", async (options) => {
    await expect(startEchoServer(options)).rejects.toMatchObject({ code: "ARGUMENT_INVALID" });
  });
});

const WAIT = { timeout: 30_000, interval: 5 };

function closed(server: EchoServer, count: number): Promise<unknown> {
  const sum = () => Object.values(server.stats.closed).reduce((all, each) => all + each, 0);
  return vi.waitUntil(() => sum() === count, WAIT);
}

/** Resets at once, with bytes on their way, or when the echo is there and unread. */
async function resetAt(port: number, moment: number): Promise<void> {
  await using peer = await ScriptedPeer.connect(port);
  if (moment > 0) peer.send(hello);
  if (moment > 1) await peer.until(() => peer.receivedBytes > 0);
  peer.reset();
  await peer.until(() => peer.closed);
}
