import { encodeFrame } from "@tcpip-workshop/core/framing";
import { describe, expect, test } from "vitest";
import { VirtualTimers } from "../timers.ts";
import { delimited, lengthPrefixed } from "./boundary.ts";
import { ConnectionTap } from "./connection-tap.ts";
import { FaultProxy } from "./fault-proxy.ts";
import { ScriptedPeer } from "./scripted-peer.ts";

const echo = (): Promise<ConnectionTap> =>
  ConnectionTap.listen((socket) => void socket.pipe(socket), { allowHalfOpen: true });
const frame = (text: string): Uint8Array => encodeFrame(new TextEncoder().encode(text));
const frames = Buffer.concat(["one", "", "three"].map(frame));

describe("resetOnRequest", () => {
  test("resets on the first byte of the kth request, which the server never sees", async () => {
    await using tap = await echo();
    await using proxy = await FaultProxy.start(tap, { faults: [{ kind: "resetOnRequest", request: 2 }] });
    await using peer = await ScriptedPeer.connect(proxy.port);
    peer.send(frame("one"));
    await peer.until(() => peer.receivedBytes === 7);
    expect(peer.ended).toBeUndefined();
    peer.send(frame("two").subarray(0, 1));
    await peer.until(() => peer.ended === "RST");
    await tap.until(() => tap.connections[0]!.ended === "RST by client");
    expect(tap.bytesIn).toBe(7);
    expect(proxy.saw("RST on the first byte of request 2")).toBe(true);
  });

  test("finds the request when it comes in one chunk with those before it", async () => {
    await using tap = await echo();
    await using proxy = await FaultProxy.start(tap, { faults: [{ kind: "resetOnRequest", request: 3 }] });
    await using peer = await ScriptedPeer.connect(proxy.port);
    peer.send(frames);
    await tap.until(() => tap.connections[0]?.ended === "RST by client");
    expect(tap.bytesIn).toBe(frames.length - 9);
  });
});

describe("dropReply", () => {
  test.each([
    ["hang", undefined],
    ["FIN", "FIN"],
    ["RST", "RST"],
  ] as const)(
    "swallows the nth reply after the server has executed; afterwards: %s",
    async (afterwards, ended) => {
      await using tap = await echo();
      await using proxy = await FaultProxy.start(tap, {
        faults: [{ kind: "dropReply", reply: 2, afterwards }],
      });
      await using peer = await ScriptedPeer.connect(proxy.port);
      peer.send(frame("one"));
      peer.send(frame("two!"));
      await proxy.until(() => proxy.saw("reply 2 dropped (8 bytes): the server has executed"));
      await peer.until(() => peer.receivedBytes === 7 && peer.ended === ended);
      expect([tap.bytesIn, peer.ended]).toEqual([15, ended]);
      expect(Buffer.from(peer.bytes)).toEqual(Buffer.from(frame("one")));
    },
  );

  test("lets later replies pass when told to go on", async () => {
    await using tap = await echo();
    await using proxy = await FaultProxy.start(tap, {
      faults: [{ kind: "dropReply", reply: 2, afterwards: "goOn" }],
    });
    await using peer = await ScriptedPeer.connect(proxy.port);
    peer.send(frames);
    peer.send(frame("four"));
    await peer.until(() => peer.receivedBytes === 7 + 9 + 8);
    expect(Buffer.from(peer.bytes)).toEqual(Buffer.concat([frame("one"), frame("three"), frame("four")]));
  });

  // each way to cut 20 bytes in two, as the network may
  test.each(Array.from({ length: frames.length - 1 }, (_, index) => index + 1))(
    "finds the reply when the stream is cut at byte %i",
    async (at) => {
      await using tap = await ConnectionTap.listen((socket) => {
        socket.write(frames.subarray(0, at));
        socket.once("data", () => socket.write(frames.subarray(at)));
      });
      await using proxy = await FaultProxy.start(tap, {
        faults: [{ kind: "dropReply", reply: 2, afterwards: "goOn" }],
      });
      await using peer = await ScriptedPeer.connect(proxy.port);
      await tap.until(() => tap.accepts === 1 && tap.bytesOut === at);
      peer.send("go on");
      await peer.until(() => peer.receivedBytes === 16);
      expect(Buffer.from(peer.bytes)).toEqual(Buffer.concat([frame("one"), frame("three")]));
    },
  );

  test.each([
    ["lines", delimited("\r\n"), "one\r\n", "two\r\n", "three\r\n"],
    ["short prefixes", lengthPrefixed({ prefix: 2 }), "\0\x01a", "\0\0", "\0\x02bc"],
    ["messages of 3 bytes, by a function", threes, "abc", "def", "ghi"],
  ])("knows %s", async (_, boundary, first, second, third) => {
    await using tap = await echo();
    await using proxy = await FaultProxy.start(tap, {
      boundary,
      faults: [{ kind: "dropReply", reply: 2, afterwards: "goOn" }],
    });
    await using peer = await ScriptedPeer.connect(proxy.port);
    peer.send(first + second.slice(0, 1));
    peer.send(second.slice(1) + third);
    await peer.until(() => peer.receivedBytes === first.length + third.length);
    expect(Buffer.from(peer.bytes).toString()).toBe(first + third);
  });

  test("resets, and says why, when the bytes are no such messages", async () => {
    await using tap = await echo();
    await using proxy = await FaultProxy.start(tap, { faults: [{ kind: "dropReply", reply: 2 }] });
    await using peer = await ScriptedPeer.connect(proxy.port);
    peer.send("GET / HTTP/1.1\r\n\r\n");
    await peer.until(() => peer.ended === "RST");
    expect(proxy.saw("not the messages that were expected here")).toBe(true);
  });
});

describe("delayReply", () => {
  test("holds the nth reply past a deadline, and what comes behind it", async () => {
    const timers = new VirtualTimers();
    await using tap = await echo();
    await using proxy = await FaultProxy.start(tap, {
      timers,
      faults: [{ kind: "delayReply", reply: 2, ms: 800 }],
    });
    await using peer = await ScriptedPeer.connect(proxy.port);
    peer.send(frames);
    await peer.until(() => peer.receivedBytes === 7);
    await proxy.until(() => timers.waiting === 1);
    expect(tap.bytesIn).toBe(frames.length);
    timers.advance(799);
    peer.send(frame("four"));
    await tap.until(() => tap.bytesOut === frames.length + 8);
    expect(peer.receivedBytes).toBe(7);
    timers.advance(1);
    await peer.until(() => peer.receivedBytes === frames.length + 8);
    expect(Buffer.from(peer.bytes)).toEqual(Buffer.concat([frames, frame("four")]));
    expect(proxy.timeline().join("\n")).toContain("reply 2 held for 800 ms");
  });
});

function threes(): (chunk: Uint8Array) => number[] {
  let inside = 0;
  return (chunk) => {
    const found = [];
    for (let end = 3 - inside; end <= chunk.length; end += 3) found.push(end);
    inside = (inside + chunk.length) % 3;
    return found;
  };
}
