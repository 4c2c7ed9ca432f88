import { existsSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { FrozenListener } from "../kernel/frozen-listener.ts";
import { openResources } from "../open-resources.ts";
import { VirtualTimers } from "../timers.ts";
import { ConnectionTap } from "./connection-tap.ts";
import type { Fault } from "./fault.ts";
import { FaultProxy } from "./fault-proxy.ts";
import { ScriptedPeer } from "./scripted-peer.ts";

const noFrozen = existsSync("/proc/net/tcp") ? "" : " (skipped: needs Linux, to freeze a listener)";
const echo = (): Promise<ConnectionTap> =>
  ConnectionTap.listen((socket) => void socket.pipe(socket), { allowHalfOpen: true });
const sink = (): Promise<ConnectionTap> =>
  ConnectionTap.listen((socket) => void socket.resume(), { allowHalfOpen: true });
// Goes through the stages and does nothing: what holds for the pipe must hold for them.
const idle: Fault = { kind: "cut", afterBytes: 2 ** 40, by: "RST" };

describe.each([
  ["without faults", []],
  ["with faults that wait", [idle]],
])("a FaultProxy %s", (_, faults) => {
  test("passes every byte on, in both directions", async () => {
    await using tap = await echo();
    await using proxy = await FaultProxy.start(tap, { faults });
    await using peer = await ScriptedPeer.connect(proxy.port);
    const bytes = crypto.getRandomValues(new Uint8Array(60_000));
    for (let at = 0; at < bytes.length; at += 997) peer.send(bytes.subarray(at, at + 997));
    await peer.until(() => peer.receivedBytes === bytes.length);
    expect(peer.bytes).toEqual(bytes);
    await tap.until(() => proxy.connections[0]!.bytesToClient === bytes.length);
    expect(proxy.connections[0]!.bytesToServer).toBe(bytes.length);
  });

  test("passes FIN on as FIN and lets the other direction go on", async () => {
    await using tap = await sink();
    await using proxy = await FaultProxy.start(tap, { faults });
    await using peer = await ScriptedPeer.connect(proxy.port);
    peer.send("the question");
    peer.end();
    await tap.until(() => tap.connections[0]?.ended === "FIN by client");
    tap.connections[0]!.socket.write("the answer");
    await peer.until(() => peer.receivedBytes === 10);
    expect(peer.ended).toBeUndefined();
    tap.connections[0]!.socket.end();
    await peer.until(() => peer.closed);
    expect(peer.ended).toBe("FIN");
    await proxy.until(() => proxy.saw("closed: 12 bytes to the server, 10 to the client"));
  });

  test("passes the client's RST on as RST", async () => {
    await using tap = await sink();
    await using proxy = await FaultProxy.start(tap, { faults });
    await using peer = await ScriptedPeer.connect(proxy.port);
    await tap.until(() => tap.accepts === 1);
    peer.reset();
    await tap.until(() => tap.connections[0]!.closed);
    expect(tap.connections[0]!.ended).toBe("RST by client");
  });

  test("passes the server's RST on as RST", async () => {
    await using tap = await sink();
    await using proxy = await FaultProxy.start(tap, { faults });
    await using peer = await ScriptedPeer.connect(proxy.port);
    await tap.until(() => tap.accepts === 1);
    tap.connections[0]!.socket.resetAndDestroy();
    await peer.until(() => peer.closed);
    expect(peer.ended).toBe("RST");
  });

  test("stops reading from one end when the other does not read", async () => {
    const size = 64 * 2 ** 20;
    await using tap = await ConnectionTap.listen((socket) => void socket.write(Buffer.alloc(size)));
    await using proxy = await FaultProxy.start(tap, { faults });
    await using peer = await ScriptedPeer.connect(proxy.port, { keep: false });
    peer.pause();
    await tap.until(() => tap.accepts === 1);
    const { socket } = tap.connections[0]!;
    await expect(tap.until(() => socket.writableLength === 0, { timeout: 500 })).rejects.toThrow(
      expect.objectContaining({ code: "TOTAL_TIMEOUT" }),
    );
    const [connection] = proxy.connections;
    expect(connection!.bytesToClient).toBeLessThan(size / 2);
    peer.resume();
    await peer.until(() => peer.receivedBytes === size, { timeout: 50_000 });
  });
});

describe("FaultProxy", () => {
  test("resets the client when the server refuses", async () => {
    const tap = await sink();
    await tap[Symbol.asyncDispose]();
    await using proxy = await FaultProxy.start(tap);
    await using peer = await ScriptedPeer.connect(proxy.port);
    await peer.until(() => peer.ended !== undefined);
    expect(peer.ended).toBe("RST");
    expect(proxy.saw("ECONNREFUSED")).toBe(true);
  });

  test("goes down: RST to who is connected, refusal to who comes; and up again on the same port", async () => {
    await using tap = await echo();
    await using proxy = await FaultProxy.start(tap);
    await using before = await ScriptedPeer.connect(proxy.port);
    before.send("hello");
    await before.until(() => before.receivedBytes === 5);
    await proxy.down();
    await before.until(() => before.ended !== undefined);
    expect(before.ended).toBe("RST");
    await tap.until(() => tap.connections[0]?.ended === "RST by client");
    await expect(ScriptedPeer.connect(proxy.port)).rejects.toMatchObject({ code: "CONNECTION_REFUSED" });
    await proxy.up();
    await using after = await ScriptedPeer.connect(proxy.port);
    after.send("hello");
    await after.until(() => after.receivedBytes === 5);
  });

  test("goes down with a connection that a fault has already ended by FIN", async () => {
    await using tap = await sink();
    await using proxy = await FaultProxy.start(tap, { faults: [{ kind: "cut", afterBytes: 1, by: "FIN" }] });
    await using peer = await ScriptedPeer.connect(proxy.port);
    peer.send("x");
    await peer.until(() => peer.ended === "FIN");
    await proxy.down();
    await proxy.until(() => proxy.connections[0]!.closed);
    expect(proxy.saw("down, RST")).toBe(true);
  });

  test("takes a fault on an open connection, and gives it up again", async () => {
    await using tap = await echo();
    await using proxy = await FaultProxy.start(tap);
    await using peer = await ScriptedPeer.connect(proxy.port);
    peer.send("one");
    await peer.until(() => peer.receivedBytes === 3);
    const fault: Fault = { kind: "blackhole", direction: "toClient" };
    proxy.add(fault);
    peer.send("two");
    await proxy.until(() => proxy.saw("3 bytes swallowed"));
    expect(tap.bytesIn).toBe(6);
    proxy.remove(fault);
    peer.send("three");
    await peer.until(() => peer.receivedBytes === 8);
    expect(Buffer.from(peer.bytes).toString()).toBe("onethree");
    await using later = await ScriptedPeer.connect(proxy.port);
    later.send("later");
    await later.until(() => later.receivedBytes === 5);
  });

  test("passes on at once what a fault holds when it is taken away, FIN behind the bytes", async () => {
    const latency: Fault = { kind: "latency", ms: 1000, direction: "toServer" };
    await using tap = await sink();
    await using proxy = await FaultProxy.start(tap, { timers: new VirtualTimers(), faults: [latency] });
    await using peer = await ScriptedPeer.connect(proxy.port);
    peer.send("held");
    peer.end();
    await proxy.until(() => proxy.saw("FIN held"));
    expect(tap.bytesIn).toBe(0);
    proxy.remove(latency);
    await tap.until(() => tap.connections[0]!.ended === "FIN by client");
    expect(tap.bytesIn).toBe(4);
  });

  test("closes on arrival what is above its limit", async () => {
    await using tap = await echo();
    await using proxy = await FaultProxy.start(tap, { maxConnections: 1 });
    await using first = await ScriptedPeer.connect(proxy.port);
    await tap.until(() => tap.accepts === 1);
    await using second = await ScriptedPeer.connect(proxy.port);
    await second.until(() => second.ended !== undefined);
    expect([first.ended, tap.accepts]).toEqual([undefined, 1]);
    expect(proxy.saw("a connection above the limit closed on arrival")).toBe(true);
  });

  test.skipIf(noFrozen !== "")(
    `resets the client when the server leaves the SYN unanswered${noFrozen}`,
    async () => {
      await using frozen = await FrozenListener.start();
      await frozen.fill();
      await using proxy = await FaultProxy.start(frozen, { connectTimeout: 100 });
      await using peer = await ScriptedPeer.connect(proxy.port);
      await peer.until(() => peer.ended === "RST");
      expect(proxy.saw("no SYN-ACK from the server in 100 ms, RST")).toBe(true);
      await proxy.until(() => proxy.connections[0]!.closed);
    },
  );

  test("does not come up again once it is disposed of", async () => {
    await using tap = await echo();
    const proxy = await FaultProxy.start(tap);
    await proxy[Symbol.asyncDispose]();
    await proxy[Symbol.asyncDispose]();
    await expect(proxy.up()).rejects.toMatchObject({ code: "CLOSED" });
  });

  test("asks a plan that is a function for each connection, from 1 on", async () => {
    await using tap = await echo();
    await using proxy = await FaultProxy.start(tap, {
      faults: (connection) => (connection === 2 ? [{ kind: "cut", afterBytes: 0, by: "RST" }] : []),
    });
    const ends = [];
    for (let count = 0; count < 3; count++) {
      await using peer = await ScriptedPeer.connect(proxy.port);
      if (!peer.closed) peer.send("x");
      await peer.until(() => peer.receivedBytes === 1 || peer.ended !== undefined);
      ends.push(peer.ended);
    }
    expect(ends).toEqual([undefined, "RST", undefined]);
  });

  test("lets nothing pass when the plan itself fails", async () => {
    await using tap = await echo();
    await using proxy = await FaultProxy.start(tap, {
      faults: () => [{ kind: "slice", bytes: 0 }],
    });
    await using peer = await ScriptedPeer.connect(proxy.port);
    await peer.until(() => peer.ended === "RST");
    expect(proxy.saw("Expected bytes to be a whole number from 1")).toBe(true);
  });

  test.each<Fault>([
    { kind: "slice", bytes: 1.5 },
    { kind: "latency", ms: -1 },
    { kind: "latency", ms: Number.NaN },
    { kind: "bandwidth", bytesPerSecond: 0 },
    { kind: "cut", by: "RST" },
    { kind: "cut", by: "RST", afterBytes: 1, afterMs: 1 },
    { kind: "resetOnRequest", request: 0 },
    { kind: "typo" } as unknown as Fault,
  ])("does not take the fault %j", async (fault) => {
    await expect(FaultProxy.start({ port: 1 }, { faults: [fault] })).rejects.toMatchObject({
      code: "ARGUMENT_INVALID",
    });
    expect(openResources()).toEqual([]);
  });
});
