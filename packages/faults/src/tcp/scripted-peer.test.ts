import { describe, expect, test } from "vitest";
import { ConnectionTap } from "./connection-tap.ts";
import { ScriptedPeer } from "./scripted-peer.ts";

describe("ScriptedPeer", () => {
  test("sends exactly the bytes it is told, and shows the bytes that came", async () => {
    await using tap = await ConnectionTap.listen(
      (socket) => void socket.on("data", (data) => socket.write(data)),
    );
    await using peer = await ScriptedPeer.connect(tap.port);
    expect(peer.send(Uint8Array.of(1, 2, 3))).toBe(true);
    await peer.until(() => peer.receivedBytes === 3);
    peer.send("é");
    await peer.until(() => peer.receivedBytes === 5 && peer.sentBytes === 5);
    expect(peer.bytes).toEqual(Uint8Array.of(1, 2, 3, 0xc3, 0xa9));
    expect(tap.connections[0]!.socket.remotePort).toBe(peer.localPort);
    expect(peer.ended).toBeUndefined();
  });

  test("sees a FIN and does not answer it: its own direction goes on", async () => {
    await using tap = await ConnectionTap.listen((socket) => void socket.resume().end("bye"), {
      allowHalfOpen: true,
    });
    await using peer = await ScriptedPeer.connect(tap.port);
    await peer.until(() => peer.ended !== undefined);
    expect(peer.ended).toBe("FIN");
    expect(peer.closed).toBe(false);
    peer.send("still here");
    await tap.until(() => tap.bytesIn === 10);
    peer.end();
    await peer.until(() => peer.closed);
  });

  test("sees an RST, with the bytes in front of it", async () => {
    await using tap = await ConnectionTap.listen((socket) => {
      socket.once("data", () => socket.write("last words", () => socket.resetAndDestroy()));
    });
    await using peer = await ScriptedPeer.connect(tap.port);
    peer.send("go");
    await peer.until(() => peer.ended !== undefined);
    expect(peer.ended).toBe("RST");
    expect(Buffer.from(peer.bytes).toString()).toBe("last words");
    expect(peer.send("anyone?")).toBe(false);
    expect(peer.timeline().at(-1)).toContain("7 bytes not sent: the connection is gone");
  });

  test("is connected all the same when the RST comes right behind the handshake", async () => {
    await using tap = await ConnectionTap.listen((socket) => void socket.resetAndDestroy());
    await using peer = await ScriptedPeer.connect(tap.port);
    await peer.until(() => peer.closed);
    expect(peer.ended).toBe("RST");
  });

  test("sends FIN, and RST, as the server can see", async () => {
    await using tap = await ConnectionTap.listen();
    await using polite = await ScriptedPeer.connect(tap.port);
    polite.end();
    await tap.until(() => tap.connections[0]?.ended === "FIN by client");
    await using rude = await ScriptedPeer.connect(tap.port);
    rude.reset();
    await tap.until(() => tap.connections[1]?.ended === "RST by client");
    expect(() => polite.send("more")).toThrow(expect.objectContaining({ code: "CLOSED" }));
    expect(() => rude.send("more")).toThrow(expect.objectContaining({ code: "CLOSED" }));
  });

  test("reads nothing while it is paused, so that the server finds the window closed", async () => {
    const size = 32 * 2 ** 20;
    await using tap = await ConnectionTap.listen((socket) => void socket.write(Buffer.alloc(size)));
    await using peer = await ScriptedPeer.connect(tap.port, { keep: false });
    peer.pause();
    const before = peer.receivedBytes;
    await tap.until(() => tap.accepts === 1);
    const { socket } = tap.connections[0]!;
    // the kernel has not taken the write whole: it cannot, with nobody reading
    await expect(tap.until(() => socket.writableLength === 0, { timeout: 300 })).rejects.toThrow(
      expect.objectContaining({ code: "TOTAL_TIMEOUT" }),
    );
    expect(peer.receivedBytes).toBe(before);
    peer.resume();
    await peer.until(() => peer.receivedBytes === size, { timeout: 50_000 });
    expect(peer.bytes.length).toBe(0);
  });

  test("keeps no more than it may, and says so", async () => {
    await using tap = await ConnectionTap.listen((socket) => void socket.end("0123456789"));
    await using peer = await ScriptedPeer.connect(tap.port, { maxKept: 4 });
    await peer.until(() => peer.ended === "FIN");
    expect([Buffer.from(peer.bytes).toString(), peer.receivedBytes]).toEqual(["0123", 10]);
    expect(peer.timeline().join("\n")).toContain("from here on bytes are only counted");
  });

  test("says CONNECTION_REFUSED where nobody listens", async () => {
    const tap = await ConnectionTap.listen();
    await tap[Symbol.asyncDispose]();
    await expect(ScriptedPeer.connect(tap.port)).rejects.toMatchObject({ code: "CONNECTION_REFUSED" });
  });

  test.each([0, -1, 65_536, 1.5, NaN])("does not take %d for a port", async (port) => {
    await expect(ScriptedPeer.connect(port)).rejects.toMatchObject({ code: "ARGUMENT_INVALID" });
  });
});
