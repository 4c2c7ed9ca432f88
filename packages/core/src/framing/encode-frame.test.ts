import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encodeFrame, encodePrefix } from "./encode-frame.ts";
import type { LengthPrefixOptions } from "./length-prefix.ts";
import { LengthPrefixedDecoder } from "./length-prefixed-decoder.ts";

const hi = Uint8Array.of(0x68, 0x69);

describe("encodeFrame", () => {
  test.each<[LengthPrefixOptions, string]>([
    [{}, "00 00 00 02 68 69"],
    [{ endian: "little" }, "02 00 00 00 68 69"],
    [{ countsItself: true }, "00 00 00 06 68 69"],
    [{ prefix: 2 }, "00 02 68 69"],
    [{ prefix: 2, endian: "little", countsItself: true }, "04 00 68 69"],
    [{ prefix: 1 }, "02 68 69"],
    [{ prefix: "varint" }, "02 68 69"],
    [{ prefix: "varint", countsItself: true }, "03 68 69"],
  ])("written as %j puts the length in front: %s", (options, hex) => {
    expect(toHex(encodeFrame(hi, options))).toBe(hex);
  });

  test("copies the payload: it is yours again", () => {
    const payload = Uint8Array.of(1, 2);
    const frame = encodeFrame(payload);
    payload.fill(9);
    expect(toHex(frame)).toBe("00 00 00 02 01 02");
  });

  test.each([
    [{ prefix: 1 }, 255, 256],
    [{ prefix: 1, countsItself: true }, 254, 255],
    [{ prefix: 2 }, 65_535, 65_536],
    [{ prefix: 2, countsItself: true }, 65_533, 65_534],
    [{ prefix: 4 }, 1_048_576, 1_048_577],
    [{ prefix: "varint", maxFrameLength: 10 }, 10, 11],
  ] as [LengthPrefixOptions, number, number][])(
    "written as %j takes %i bytes and refuses %i",
    (options, most, tooMany) => {
      expect(encodeFrame(new Uint8Array(most), options).length).toBeGreaterThan(most);
      expect(() => encodeFrame(new Uint8Array(tooMany), options)).toThrow(
        expect.objectContaining({ code: "FRAME_TOO_LARGE" }) as object,
      );
    },
  );
});

describe("encodePrefix", () => {
  // https://protobuf.dev/programming-guides/encoding/#varints
  test.each([
    [0, "00"],
    [1, "01"],
    [127, "7f"],
    [128, "80 01"],
    [150, "96 01"],
    [16_383, "ff 7f"],
    [16_384, "80 80 01"],
    [4_294_967_295, "ff ff ff ff 0f"],
  ])("writes %i as the varint %s", (length, hex) => {
    expect(toHex(encodePrefix(length, { prefix: "varint", maxFrameLength: 4_294_967_295 }))).toBe(hex);
  });

  test.each([
    [126, "7f"],
    [127, "81 01"],
    [16_381, "ff 7f"],
    [16_382, "81 80 01"],
  ])("lets a varint in front of %i bytes count itself: %s", (length, hex) => {
    expect(toHex(encodePrefix(length, { prefix: "varint", countsItself: true }))).toBe(hex);
  });

  test("says what a decoder with the same options reads, at every length and limit", () => {
    fc.assert(
      fc.property(
        fc.record({
          prefix: fc.constantFrom(1, 2, 4, "varint"),
          endian: fc.constantFrom("big", "little"),
          countsItself: fc.boolean(),
          maxFrameLength: fc.nat(0xffff_ffff),
        }) as fc.Arbitrary<LengthPrefixOptions>,
        fc.oneof(fc.nat(300), fc.nat(70_000), fc.nat(0xffff_ffff)),
        (options, length) => {
          let prefix: Uint8Array;
          try {
            prefix = encodePrefix(length, options);
          } catch (error) {
            expect(error).toMatchObject({ code: "FRAME_TOO_LARGE" });
            return;
          }
          const decoder = new LengthPrefixedDecoder(options);
          expect(decoder.push(prefix).length).toBe(length === 0 ? 1 : 0);
          if (length > 0) expect(() => decoder.end()).toThrow(`Expected ${length} bytes of payload, got 0`);
        },
      ),
    );
  });
});

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(" ");
}
