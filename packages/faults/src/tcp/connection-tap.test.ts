import { describe, expect, test } from "vitest";
import { ConnectionTap } from "./connection-tap.ts";
import { ScriptedPeer } from "./scripted-peer.ts";

describe("ConnectionTap", () => {
  test("counts the connections, and the most at once", async () => {
    await using tap = await ConnectionTap.listen();
    const peers = [];
    for (let count = 0; count < 3; count++) peers.push(await ScriptedPeer.connect(tap.port));
    await tap.until(() => tap.open === 3);
    for (const peer of peers) await peer[Symbol.asyncDispose]();
    await tap.until(() => tap.open === 0);
    await using last = await ScriptedPeer.connect(tap.port);
    await tap.until(() => tap.accepts === 4);
    expect([tap.peak, tap.open, last.port]).toEqual([3, 1, tap.port]);
  });

  test("counts the bytes of each connection, and of all", async () => {
    await using tap = await ConnectionTap.listen((socket) => {
      socket.on("data", (data) => socket.write(Buffer.concat([Buffer.from(data), Buffer.from(data)])));
    });
    await using one = await ScriptedPeer.connect(tap.port);
    await tap.until(() => tap.accepts === 1);
    await using two = await ScriptedPeer.connect(tap.port);
    one.send("abc");
    two.send("defgh");
    await one.until(() => one.receivedBytes === 6);
    await two.until(() => two.receivedBytes === 10);
    await tap.until(() => tap.bytesOut === 16);
    expect(tap.connections.map(({ bytesIn, bytesOut }) => [bytesIn, bytesOut])).toEqual([
      [3, 6],
      [5, 10],
    ]);
    expect(tap.bytesIn).toBe(8);
    one.end();
    await tap.until(() => tap.open === 1);
    // and remembers them when the socket is gone
    expect([tap.bytesIn, tap.bytesOut]).toEqual([8, 16]);
  });

  test.each([
    ["FIN by client", (peer: ScriptedPeer) => peer.end()],
    ["RST by client", (peer: ScriptedPeer) => peer.reset()],
  ])("says %s", async (how, act) => {
    await using tap = await ConnectionTap.listen();
    await using peer = await ScriptedPeer.connect(tap.port);
    act(peer);
    await tap.until(() => tap.connections[0]?.closed === true);
    expect(tap.connections[0]!.ended).toBe(how);
  });

  test("says FIN by server, RST by server, destroyed by server", async () => {
    const ends = ["FIN by server", "RST by server", "destroyed by server"];
    await using tap = await ConnectionTap.listen((socket, { number }) => {
      if (number === 1) socket.end();
      if (number === 2) socket.resetAndDestroy();
      if (number === 3) socket.destroy();
    });
    for (const [index, end] of ends.entries()) {
      await using peer = await ScriptedPeer.connect(tap.port);
      await tap.until(() => tap.connections[index]?.ended !== undefined);
      await peer.until(() => peer.ended !== undefined);
      expect([tap.connections[index]!.ended, peer.ended]).toEqual([end, index === 1 ? "RST" : "FIN"]);
    }
    expect(tap.timeline().join("\n")).toContain("#2            RST by server");
  });

  test("throws at its end what a handler threw, and resets that connection", async () => {
    const bug = new Error("a bug in the test");
    const tap = await ConnectionTap.listen(() => {
      throw bug;
    });
    await using peer = await ScriptedPeer.connect(tap.port);
    await peer.until(() => peer.ended === "RST");
    await expect(tap[Symbol.asyncDispose]()).rejects.toBe(bug);
  });

  test("closes on arrival what is above its limit", async () => {
    await using tap = await ConnectionTap.listen(undefined, { maxConnections: 1 });
    await using first = await ScriptedPeer.connect(tap.port);
    await tap.until(() => tap.accepts === 1);
    await using second = await ScriptedPeer.connect(tap.port);
    await second.until(() => second.ended !== undefined);
    expect([first.ended, tap.accepts]).toEqual([undefined, 1]);
    expect(tap.timeline().at(-1)).toContain("a connection above the limit");
  });

  test("keeps no record of its own clearing away: that is not what the wire saw", async () => {
    const tap = await ConnectionTap.listen();
    await using client = await ScriptedPeer.connect(tap.port);
    await tap.until(() => tap.accepts === 1);
    const seen = tap.timeline();
    await tap[Symbol.asyncDispose]();
    await client.until(() => client.closed || client.ended !== undefined);
    expect(tap.timeline()).toEqual(seen);
  });

  test("says ADDRESS_IN_USE for a port that is taken", async () => {
    await using tap = await ConnectionTap.listen();
    await expect(ConnectionTap.listen(undefined, { port: tap.port })).rejects.toMatchObject({
      code: "ADDRESS_IN_USE",
    });
  });
});
