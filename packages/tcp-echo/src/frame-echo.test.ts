import { Writable } from "node:stream";
import { encodeFrame } from "@tcpip-workshop/core/framing";
import { describe, expect, test } from "vitest";
import { FrameEcho } from "./frame-echo.ts";

const wire = Buffer.concat(
  [Buffer.from("hello"), Buffer.alloc(0), Buffer.from("world")].map((bytes) => encodeFrame(bytes)),
);

describe("FrameEcho", () => {
  test("writes all frames of a chunk in one piece, where they lie", () => {
    const { out, written } = collector();
    new FrameEcho(out, 100).push(wire);
    expect(written).toHaveLength(1);
    expect(written[0]!.buffer).toBe(wire.buffer);
    expect(Buffer.concat(written)).toEqual(wire);
  });

  test.each([...wire.keys()])("echoes the same when the stream is cut at byte %i", (at) => {
    const { out, written } = collector();
    const echo = new FrameEcho(out, 100);
    echo.push(wire.subarray(0, at));
    echo.push(wire.subarray(at));
    expect(Buffer.concat(written)).toEqual(wire);
    expect(echo.partial).toBe(false);
  });

  test("echoes the same when bytes come one at a time, and only whole frames", () => {
    const { out, written } = collector();
    const echo = new FrameEcho(out, 100);
    for (const [index, byte] of wire.entries()) {
      echo.push(Uint8Array.of(byte));
      const whole = index >= 21 ? 22 : index >= 12 ? 13 : index >= 8 ? 9 : 0;
      expect(Buffer.concat(written)).toEqual(wire.subarray(0, whole));
      expect(echo.partial).toBe(whole !== index + 1);
    }
  });

  test("echoes the good frames in front of one that is too long, and throws FRAME_TOO_LARGE", () => {
    const { out, written } = collector();
    const echo = new FrameEcho(out, 100);
    const bad = Buffer.concat([wire, Buffer.from([0, 0, 0, 101, 1, 2, 3])]);
    expect(() => echo.push(bad)).toThrow(expect.objectContaining({ code: "FRAME_TOO_LARGE" }));
    expect(Buffer.concat(written)).toEqual(wire);
  });

  test("throws FRAME_TRUNCATED at the end of a stream that stops inside a frame", () => {
    const echo = new FrameEcho(collector().out, 100);
    echo.push(wire.subarray(0, 7));
    expect(() => echo.end()).toThrow(expect.objectContaining({ code: "FRAME_TRUNCATED" }));
  });
});

function collector(): { out: Writable; written: Buffer[] } {
  const written: Buffer[] = [];
  const out = new Writable({
    write(chunk: Buffer, _, done) {
      written.push(chunk);
      done();
    },
  });
  return { out, written };
}
