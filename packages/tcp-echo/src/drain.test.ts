import { encodeFrame } from "@tcpip-workshop/core/framing";
import { expectNoOpenResources, ScriptedPeer } from "@tcpip-workshop/faults";
import { afterAll, describe, expect, test, vi } from "vitest";
import { connect } from "./connect.ts";
import { startEchoServer } from "./echo-server.ts";
import { resources, resourcesAtMost } from "./testing/resources.ts";

afterAll(expectNoOpenResources);

const MODES = ["raw", "framed"] as const;
const WAIT = { timeout: 30_000, interval: 5 };
const hello = Buffer.from(encodeFrame(Buffer.from("hello")));

describe("drain", () => {
  test("stops to accept", async () => {
    await using server = await startEchoServer();
    const { port } = server.address;
    await server.drain();
    await expect(connect({ port })).rejects.toMatchObject({ code: "CONNECTION_REFUSED" });
  });

  test.each(MODES)("ends connections on which nothing is in flight, with FIN, %s", async (mode) => {
    await using server = await startEchoServer({ mode });
    await using connection = await connect({ port: server.address.port, mode });
    await connection.echo(Uint8Array.of(1));
    expect(await server.drain()).toMatchObject({ finished: 1, cut: 0 });
    expect(server.stats.closed).toMatchObject({ ended: 1, cut: 0 });
    await connection.closed;
    expect(connection.error).toMatchObject({ code: "CONNECTION_CLOSED" });
  });

  test("waits for a frame that has begun, and answers it", async () => {
    await using server = await startEchoServer({ mode: "framed" });
    await using peer = await ScriptedPeer.connect(server.address.port);
    peer.send(Buffer.concat([hello, hello.subarray(0, 6)]));
    await peer.until(() => peer.receivedBytes === hello.length);
    const drained = server.drain();
    expect(peer.ended).toBeUndefined();
    peer.send(hello.subarray(6));
    await peer.until(() => peer.ended === "FIN");
    peer.end();
    expect(await drained).toMatchObject({ finished: 1, cut: 0 });
    expect(peer.bytes).toEqual(new Uint8Array([...hello, ...hello]));
  });

  test.each(MODES)("answers all that has reached this host when it begins, %s", async (mode) => {
    await using server = await startEchoServer({ mode });
    await using peer = await ScriptedPeer.connect(server.address.port);
    await vi.waitUntil(() => server.connections === 1, WAIT);
    const wire = Buffer.concat(Array.from({ length: 20_000 }, () => hello));
    peer.send(wire);
    const drained = server.drain();
    await peer.until(() => peer.ended === "FIN");
    peer.end();
    expect(await drained).toMatchObject({ finished: 1, cut: 0 });
    expect(peer.receivedBytes).toBe(wire.length);
  });

  test.each(MODES)("cuts a peer that does not end by the deadline, with RST, %s", async (mode) => {
    await using server = await startEchoServer({ mode });
    await using peer = await ScriptedPeer.connect(server.address.port);
    peer.send(hello);
    await peer.until(() => peer.receivedBytes === hello.length);
    // it gets our FIN, and never sends its own
    expect(await server.drain(400)).toMatchObject({ finished: 0, cut: 1 });
    await peer.until(() => peer.closed || peer.ended !== undefined);
    expect(server.stats.closed.cut).toBe(1);
    expect(server.connections).toBe(0);
  });

  test("cuts a peer that never reads by the deadline", async () => {
    await using server = await startEchoServer();
    await using peer = await ScriptedPeer.connect(server.address.port, { keep: false });
    peer.pause();
    const wire = Buffer.alloc(64 * 2 ** 20);
    peer.send(wire);
    await vi.waitUntil(() => server.connections === 1, WAIT);
    expect(await server.drain(300)).toMatchObject({ finished: 0, cut: 1 });
    peer.resume();
    await peer.until(() => peer.ended === "RST");
    expect(peer.receivedBytes).toBeLessThan(wire.length);
  });

  test("is shortened by a second call with a nearer deadline", async () => {
    await using server = await startEchoServer();
    await using peer = await ScriptedPeer.connect(server.address.port);
    await vi.waitUntil(() => server.connections === 1, WAIT);
    // hours: were it not shortened, the test would not end
    const drained = server.drain(2 ** 31 - 1);
    expect(await server.drain(0)).toMatchObject({ cut: 1 });
    expect(await drained).toMatchObject({ cut: 1 });
    expect(peer.port).toBe(server.address.port);
  });

  test("leaves no handle and no timer", async () => {
    const before = resources();
    const server = await startEchoServer({ idleTimeout: 60_000 });
    const connection = await connect({ port: server.address.port });
    await connection.echo(Uint8Array.of(1));
    await server.drain(60_000);
    await connection.closed;
    expect(await resourcesAtMost(before)).toBeLessThanOrEqual(before);
  });
});
