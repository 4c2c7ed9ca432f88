import { describe, expect, test } from "vitest";
import { VirtualTimers } from "../timers.ts";
import { ConnectionTap } from "./connection-tap.ts";
import { FaultProxy } from "./fault-proxy.ts";
import { ScriptedPeer } from "./scripted-peer.ts";

const echo = (): Promise<ConnectionTap> =>
  ConnectionTap.listen((socket) => void socket.pipe(socket), { allowHalfOpen: true });
const sink = (): Promise<ConnectionTap> =>
  ConnectionTap.listen((socket) => void socket.resume(), { allowHalfOpen: true });

describe("slice", () => {
  test("brings the bytes one by one, and all of them", async () => {
    const sizes: number[] = [];
    await using tap = await ConnectionTap.listen((socket) => {
      socket.on("data", (data) => sizes.push(data.length));
    });
    await using proxy = await FaultProxy.start(tap, {
      faults: [{ kind: "slice", bytes: 1, direction: "toServer", gap: 1 }],
    });
    await using peer = await ScriptedPeer.connect(proxy.port);
    peer.send("0123456789012345678901234567890123456789");
    await tap.until(() => tap.bytesIn === 40);
    // the kernel may put neighbours together where the reader was late: but it has come in many pieces
    expect(sizes.length).toBeGreaterThan(10);
    expect(sizes.reduce((sum, size) => sum + size)).toBe(40);
    expect(proxy.saw("40 bytes sliced into pieces of 1")).toBe(true);
  });

  test("waits its gap between pieces, by its clock", async () => {
    const timers = new VirtualTimers();
    await using tap = await sink();
    await using proxy = await FaultProxy.start(tap, {
      timers,
      faults: [{ kind: "slice", bytes: 2, gap: 1000 }],
    });
    await using peer = await ScriptedPeer.connect(proxy.port);
    peer.send("abcdef");
    for (const bytes of [2, 4, 6]) {
      await tap.until(() => tap.bytesIn === bytes);
      if (bytes < 6) await proxy.until(() => timers.waiting === 1);
      timers.advance(999);
      expect(tap.bytesIn).toBe(bytes);
      timers.advance(1);
    }
  });
});

describe("latency", () => {
  test("holds bytes and FIN for its time, and keeps their order", async () => {
    const timers = new VirtualTimers();
    await using tap = await sink();
    await using proxy = await FaultProxy.start(tap, {
      timers,
      faults: [{ kind: "latency", ms: 200, direction: "toServer" }],
    });
    await using peer = await ScriptedPeer.connect(proxy.port);
    peer.send("slow");
    await proxy.until(() => timers.waiting === 1);
    timers.advance(100);
    peer.end();
    await proxy.until(() => proxy.saw("FIN held for 200.0 ms"));
    timers.advance(99);
    expect(tap.bytesIn).toBe(0);
    timers.advance(1);
    await tap.until(() => tap.bytesIn === 4);
    expect(tap.connections[0]!.ended).toBeUndefined();
    timers.advance(100);
    await tap.until(() => tap.connections[0]!.ended === "FIN by client");
  });

  test("varies by its jitter, the same for the same seed", async () => {
    const held = async (seed: number): Promise<string[]> => {
      const timers = new VirtualTimers();
      await using tap = await sink();
      await using proxy = await FaultProxy.start(tap, {
        timers,
        faults: [{ kind: "latency", ms: 200, jitter: 100, seed, direction: "toServer" }],
      });
      await using peer = await ScriptedPeer.connect(proxy.port);
      for (let count = 1; count <= 5; count++) {
        peer.send("x");
        await proxy.until(() => timers.waiting === 1);
        timers.advance(300);
        await tap.until(() => tap.bytesIn === count);
      }
      return proxy.records.map(({ what }) => what).filter((what) => what.includes("held"));
    };
    const [first, again, other] = [await held(7), await held(7), await held(8)];
    expect(first).toEqual(again);
    expect(first).not.toEqual(other);
    const times = first.map((what) => Number(/for ([\d.]+) ms/.exec(what)?.[1]));
    expect(new Set(times).size).toBe(5);
    expect(Math.min(...times)).toBeGreaterThanOrEqual(100);
    expect(Math.max(...times)).toBeLessThanOrEqual(300);
  });

  test("is there in real time, too", async () => {
    await using tap = await echo();
    const roundTrip = async (ms: number): Promise<number> => {
      await using proxy = await FaultProxy.start(tap, { faults: ms > 0 ? [{ kind: "latency", ms }] : [] });
      await using peer = await ScriptedPeer.connect(proxy.port);
      peer.send("x");
      const start = performance.now();
      await peer.until(() => peer.receivedBytes === 1);
      return performance.now() - start;
    };
    await roundTrip(0);
    expect(await roundTrip(150)).toBeGreaterThanOrEqual(290);
  });
});

describe("bandwidth", () => {
  test("lets so many bytes through in a second, by its clock", async () => {
    const timers = new VirtualTimers();
    await using tap = await sink();
    await using proxy = await FaultProxy.start(tap, {
      timers,
      faults: [{ kind: "bandwidth", bytesPerSecond: 1000 }],
    });
    await using peer = await ScriptedPeer.connect(proxy.port);
    peer.send(new Uint8Array(5000));
    await proxy.until(() => timers.waiting === 1);
    for (let second = 1; second <= 5; second++) {
      timers.advance(1000);
      await tap.until(() => tap.bytesIn >= 1000 * second);
      expect(tap.bytesIn).toBe(1000 * second);
    }
  });

  test("does not hold more than the buffer: the sender feels it", async () => {
    await using tap = await sink();
    await using proxy = await FaultProxy.start(tap, {
      timers: new VirtualTimers(),
      buffer: 65_536,
      faults: [{ kind: "bandwidth", bytesPerSecond: 1000 }],
    });
    await using peer = await ScriptedPeer.connect(proxy.port);
    for (let count = 0; count < 256; count++) peer.send(new Uint8Array(65_536));
    await expect(peer.until(() => peer.sentBytes === 2 ** 24, { timeout: 500 })).rejects.toThrow(
      expect.objectContaining({ code: "TOTAL_TIMEOUT" }),
    );
    const taken = proxy.records.map(({ what }) => Number(/^(\d+) bytes at/.exec(what)?.[1] ?? 0));
    expect(taken.reduce((sum, bytes) => sum + bytes)).toBeLessThan(3 * 65_536);
  });
});

describe("slowClose", () => {
  test("holds FIN and not the bytes", async () => {
    const timers = new VirtualTimers();
    await using tap = await sink();
    await using proxy = await FaultProxy.start(tap, { timers, faults: [{ kind: "slowClose", ms: 500 }] });
    await using peer = await ScriptedPeer.connect(proxy.port);
    peer.send("at once");
    peer.end();
    await tap.until(() => tap.bytesIn === 7);
    await proxy.until(() => timers.waiting === 1);
    expect(tap.connections[0]!.ended).toBeUndefined();
    timers.advance(500);
    await tap.until(() => tap.connections[0]!.ended === "FIN by client");
  });
});

describe("blackhole", () => {
  test.each([
    ["toServer", 0, 0],
    ["toClient", 5, 0],
  ] as const)("swallows what goes %s, and the connection stays open", async (direction, server, client) => {
    await using tap = await echo();
    await using proxy = await FaultProxy.start(tap, { faults: [{ kind: "blackhole", direction }] });
    await using peer = await ScriptedPeer.connect(proxy.port);
    peer.send("hello");
    await proxy.until(() => proxy.saw("5 bytes swallowed"));
    expect([tap.bytesIn, peer.receivedBytes, peer.ended, tap.open]).toEqual([server, client, undefined, 1]);
  });

  test("swallows the client's RST as well: the server does not learn of it", async () => {
    await using tap = await sink();
    await using proxy = await FaultProxy.start(tap, {
      faults: [{ kind: "blackhole", direction: "toServer", afterBytes: 2 }],
    });
    await using peer = await ScriptedPeer.connect(proxy.port);
    peer.send("hello");
    await tap.until(() => tap.bytesIn === 2);
    peer.reset();
    await proxy.until(() => proxy.saw("RST swallowed"));
    expect(tap.connections[0]!.ended).toBeUndefined();
  });

  test("closes after a time, if it is told to", async () => {
    const timers = new VirtualTimers();
    await using tap = await sink();
    await using proxy = await FaultProxy.start(tap, {
      timers,
      faults: [{ kind: "blackhole", closeAfter: 1000, by: "RST", direction: "toServer" }],
    });
    await using peer = await ScriptedPeer.connect(proxy.port);
    await proxy.until(() => timers.waiting === 1);
    timers.advance(999);
    expect(peer.ended).toBeUndefined();
    timers.advance(1);
    await peer.until(() => peer.ended === "RST");
  });
});

describe("halfClose", () => {
  test("ends one direction by FIN behind a byte; the other goes on", async () => {
    await using tap = await ConnectionTap.listen((socket) => void socket.resume().write("0123456789"), {
      allowHalfOpen: true,
    });
    await using proxy = await FaultProxy.start(tap, {
      faults: [{ kind: "halfClose", direction: "toClient", afterBytes: 4 }],
    });
    await using peer = await ScriptedPeer.connect(proxy.port);
    await peer.until(() => peer.ended === "FIN");
    expect(Buffer.from(peer.bytes).toString()).toBe("0123");
    peer.send("still here");
    await tap.until(() => tap.bytesIn === 10);
    expect(tap.connections[0]!.ended).toBeUndefined();
    expect(proxy.saw("half-closed at byte 4, FIN")).toBe(true);
  });
});

describe("cut", () => {
  test.each([
    ["FIN", "toServer"],
    ["FIN", "toClient"],
    ["RST", "toServer"],
    ["RST", "toClient"],
  ] as const)("ends both ends by %s behind byte 4097 of %s", async (by, direction) => {
    await using tap = await ConnectionTap.listen(
      (socket) => {
        if (direction === "toServer") socket.resume();
        else socket.resume().once("data", () => socket.write(new Uint8Array(10_000)));
      },
      { allowHalfOpen: true },
    );
    await using proxy = await FaultProxy.start(tap, {
      faults: [{ kind: "cut", afterBytes: 4097, by, direction }],
    });
    await using peer = await ScriptedPeer.connect(proxy.port);
    peer.send(new Uint8Array(5000));
    await peer.until(() => peer.ended !== undefined);
    await tap.until(() => tap.connections[0]?.ended !== undefined);
    expect([peer.ended, tap.connections[0]!.ended]).toEqual([by, `${by} by client`]);
    if (direction === "toServer") expect(tap.bytesIn).toBe(4097);
    else expect(peer.receivedBytes).toBe(4097);
    const cut = proxy.records.find(({ what }) => what.includes("cut"));
    expect(cut).toMatchObject({ connection: 1, direction, what: `cut at byte 4097, ${by}` });
  });

  test("by FIN never becomes RST, however much the client goes on to send", async () => {
    await using tap = await sink();
    await using proxy = await FaultProxy.start(tap, {
      faults: [{ kind: "cut", afterBytes: 1, by: "FIN", direction: "toServer" }],
    });
    await using peer = await ScriptedPeer.connect(proxy.port);
    peer.send("x");
    await peer.until(() => peer.ended === "FIN");
    for (let count = 0; count < 100; count++) peer.send(new Uint8Array(65_536));
    await peer.until(() => peer.sentBytes === 1 + 100 * 65_536);
    expect(peer.timeline().join("\n")).not.toContain("RST");
    expect(tap.bytesIn).toBe(1);
  });

  test("comes behind the latency in front of it and before the one behind it", async () => {
    const timers = new VirtualTimers();
    await using tap = await sink();
    await using proxy = await FaultProxy.start(tap, {
      timers,
      faults: [
        { kind: "cut", afterBytes: 3, by: "RST", direction: "toServer" },
        { kind: "latency", ms: 100, direction: "toServer" },
      ],
    });
    await using peer = await ScriptedPeer.connect(proxy.port);
    peer.send("abcdef");
    await proxy.until(() => timers.waiting === 1);
    timers.advance(99);
    expect([tap.bytesIn, peer.ended]).toEqual([0, undefined]);
    timers.advance(1);
    await tap.until(() => tap.connections[0]?.ended === "RST by client");
    expect(tap.bytesIn).toBe(3);
  });

  test("comes after a time, also to a client that does not read", async () => {
    const timers = new VirtualTimers();
    await using tap = await ConnectionTap.listen((socket) => void socket.write(new Uint8Array(2 ** 25)));
    await using proxy = await FaultProxy.start(tap, {
      timers,
      faults: [{ kind: "cut", afterMs: 300, by: "RST", connection: 1 }],
    });
    await using peer = await ScriptedPeer.connect(proxy.port);
    peer.pause();
    await tap.until(() => tap.accepts === 1);
    await proxy.until(() => timers.waiting === 2);
    timers.advance(300);
    await tap.until(() => tap.connections[0]!.ended === "RST by client");
    expect(proxy.saw("cut after 300 ms, RST")).toBe(true);
  });
});
