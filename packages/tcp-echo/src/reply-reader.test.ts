import { encodeFrame } from "@tcpip-workshop/core/framing";
import { describe, expect, test } from "vitest";
import { replyReader } from "./reply-reader.ts";

const payloads = ["hello", "", "world!"].map((text) => new TextEncoder().encode(text));

describe.each(["raw", "framed"] as const)("a reader of %s replies", (mode) => {
  const owed = mode === "raw" ? payloads.filter(({ length }) => length > 0) : payloads;
  const wire = Buffer.concat(mode === "raw" ? owed : owed.map((payload) => encodeFrame(payload)));

  test.each([...wire.keys()])("gives each its own when the stream is cut at byte %i", (at) => {
    const reader = replyReader(mode, 100);
    for (const { length } of owed) reader.expect(length);
    const replies = [...reader.push(wire.subarray(0, at)), ...reader.push(wire.subarray(at))];
    expect(replies.map((reply) => new Uint8Array(reply))).toEqual(owed);
  });

  test("throws REPLY_INVALID for what nobody is owed", () => {
    const reader = replyReader(mode, 100);
    expect(() => reader.push(encodeFrame(payloads[0]!))).toThrow(
      expect.objectContaining({ code: "REPLY_INVALID" }),
    );
  });

  test("gives copies: the chunk may be written over", () => {
    const reader = replyReader(mode, 100);
    for (const { length } of owed) reader.expect(length);
    const chunk = Buffer.from(wire);
    const replies = reader.push(chunk);
    chunk.fill(0);
    expect(replies.map((reply) => new Uint8Array(reply))).toEqual(owed);
  });
});
