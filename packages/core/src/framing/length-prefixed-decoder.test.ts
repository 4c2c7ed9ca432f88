import { describe, expect, test } from "vitest";
import { encodeFrame } from "./encode-frame.ts";
import { LengthPrefixedDecoder } from "./length-prefixed-decoder.ts";

const hello = Uint8Array.of(104, 101, 108, 108, 111);

describe("LengthPrefixedDecoder", () => {
  test("returns the payload of a whole frame", () => {
    expect(new LengthPrefixedDecoder().push(encodeFrame(hello))).toEqual([hello]);
  });

  test("returns the payload once its last byte has come", () => {
    const decoder = new LengthPrefixedDecoder();
    const completed = Array.from(encodeFrame(hello), (byte) => decoder.push(Uint8Array.of(byte)));
    expect(completed.slice(0, -1)).toEqual(Array.from({ length: 8 }, () => []));
    expect(completed.at(-1)).toEqual([hello]);
  });
});
