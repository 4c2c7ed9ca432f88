import { Readable } from "node:stream";
import { describe, expect, test } from "vitest";
import { encodeFrame } from "./encode-frame.ts";
import { decodeFrames, encodeFrames } from "./frame-streams.ts";

const payloads = [Uint8Array.of(1), new Uint8Array(0), Uint8Array.of(2, 3)];

describe("decodeFrames", () => {
  test("undoes encodeFrames", async () => {
    for (const options of [
      {},
      { prefix: "varint" },
      { prefix: 2, endian: "little", countsItself: true },
    ] as const) {
      expect(await Array.fromAsync(decodeFrames(encodeFrames(payloads, options), options))).toEqual(payloads);
    }
  });

  test("reads any async iterable of bytes, a Node stream among them", async () => {
    const wire = await Array.fromAsync(encodeFrames(Readable.from(payloads)));
    expect(await Array.fromAsync(decodeFrames(Readable.from(wire)))).toEqual(payloads);
  });

  test("splits at a delimiter when the options name one", async () => {
    const source = [Uint8Array.of(1, 0, 2), Uint8Array.of(3, 0)];
    expect(await Array.fromAsync(decodeFrames(source, { delimiter: Uint8Array.of(0) }))).toEqual([
      Uint8Array.of(1),
      Uint8Array.of(2, 3),
    ]);
  });

  test("throws when the source ends inside a frame, after the frames before it", async () => {
    const frames = decodeFrames([encodeFrame(payloads[0]!), Uint8Array.of(0, 0)]);
    expect((await frames.next()).value).toEqual(payloads[0]);
    await expect(frames.next()).rejects.toMatchObject({ code: "FRAME_TRUNCATED" });
  });

  test("throws for a bad header without waiting for another chunk, after the frames before it", async () => {
    async function* source() {
      yield Uint8Array.of(...encodeFrame(payloads[0]!), 255, 255, 255, 255);
      await new Promise<never>(() => {}); // a peer that sends nothing more
    }
    const frames = decodeFrames(source());
    expect((await frames.next()).value).toEqual(payloads[0]);
    await expect(frames.next()).rejects.toMatchObject({ code: "FRAME_TOO_LARGE" });
  });

  test("closes the source when the reader stops early", async () => {
    let closed = false;
    async function* source() {
      try {
        for (;;) yield encodeFrame(payloads[0]!);
      } finally {
        closed = true;
      }
    }
    for await (const frame of decodeFrames(source())) {
      expect(frame).toEqual(payloads[0]);
      break;
    }
    expect(closed).toBe(true);
  });

  test("lets an error of the source through as it is", async () => {
    const error = new Error("ECONNRESET");
    async function* source(): AsyncGenerator<Uint8Array> {
      yield Uint8Array.of(0);
      throw error;
    }
    await expect(decodeFrames(source()).next()).rejects.toBe(error);
  });
});

describe("encodeFrames", () => {
  test("refuses a payload above the limit, after the frames before it", async () => {
    const frames = encodeFrames([Uint8Array.of(1), Uint8Array.of(1, 2)], { maxFrameLength: 1 });
    expect((await frames.next()).done).toBe(false);
    await expect(frames.next()).rejects.toMatchObject({ code: "FRAME_TOO_LARGE" });
  });
});
