import { describe, expect, test } from "vitest";
import { PartialFrame } from "./partial-frame.ts";

describe("PartialFrame", () => {
  test.each([1, 31, 32, 33, 700, 4095, 4096, 4097, 100_000])(
    "gives back %i bytes that came in pieces",
    (length) => {
      const bytes = Uint8Array.from({ length }, (_, index) => index & 255);
      for (const alone of [false, true]) {
        for (const size of [1, 7, 33, 1448, length]) {
          const partial = new PartialFrame();
          partial.begin(length, alone);
          for (let at = 0; at < length; at += size) partial.append(bytes, at, Math.min(length, at + size));
          expect(partial.missing).toBe(0);
          expect(partial.frame()).toEqual(bytes);
        }
      }
    },
  );

  test("has room for at most twice the bytes that have come, once a frame is above 4 KiB", () => {
    const partial = new PartialFrame();
    const chunk = new Uint8Array(1448);
    partial.begin(2 ** 30, false);
    expect(partial.bytes.length).toBe(0);
    for (let came = chunk.length; came < 1e6; came += chunk.length) {
      partial.append(chunk, 0, chunk.length);
      expect(partial.bytes.length).toBeLessThanOrEqual(Math.max(2 * came, 4096));
    }
  });

  test("has room for the whole frame once one part in 32 of it has come", () => {
    const partial = new PartialFrame();
    partial.begin(2 ** 20, false);
    partial.append(new Uint8Array(32_767), 0, 32_767);
    expect(partial.bytes.length).toBe(65_534);
    partial.append(new Uint8Array(32_768), 0, 32_768);
    expect(partial.bytes.length).toBe(2 ** 20);
  });

  test("has room for the frame and no more at the end", () => {
    const partial = new PartialFrame();
    partial.begin(5000, false);
    partial.append(new Uint8Array(4999), 0, 4999);
    partial.append(new Uint8Array(1), 0, 1);
    expect(partial.frame().buffer.byteLength).toBe(5000);
  });

  test("gives each small frame a stretch of the slab of its own", () => {
    const frames = [1, 2, 3].map((value) => {
      const partial = new PartialFrame();
      partial.begin(4096, false);
      partial.append(new Uint8Array(4096).fill(value), 0, 4096);
      return partial.frame();
    });
    expect(frames.map((frame) => frame.every((byte, _, all) => byte === all[0]))).toEqual([true, true, true]);
    expect(frames.map((frame) => frame[0])).toEqual([1, 2, 3]);
  });

  test("shares its memory with nothing when asked to be alone", () => {
    const partial = new PartialFrame();
    partial.begin(16, true);
    partial.append(new Uint8Array(16), 0, 16);
    expect(partial.frame().buffer.byteLength).toBe(16);
  });
});
