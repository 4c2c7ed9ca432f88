import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checksum, sumWords, updateChecksum } from "./checksum.ts";

describe("sumWords", () => {
  // The words of RFC 1071 §3's example: 0001 f203 f4f5 f6f7 add up to ddf2.
  const example = Uint8Array.of(0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7);

  test("adds up the example of RFC 1071", () => {
    expect(sumWords(example)).toBe(0xddf2);
    expect(checksum(example)).toBe(0x220d);
  });

  test("pads an odd last byte with a zero behind it", () => {
    expect(sumWords(Uint8Array.of(0x12, 0x34, 0x56))).toBe(0x1234 + 0x5600);
  });

  test("of nothing is 0, and the checksum then 0xffff", () => {
    expect(sumWords(new Uint8Array())).toBe(0);
    expect(checksum(new Uint8Array())).toBe(0xffff);
  });

  test.each([
    [0, 21],
    [-1, 20],
    [12, 11],
    [21, 21],
    [0, 700],
    [0, Number.NaN],
    [Number.NaN, 20],
    [0.5, 20],
    [0, 1.5],
  ])(
    "of 20 bytes from %d to %d throws ARGUMENT_INVALID, for it would be a checksum of something else",
    (start, end) => {
      const refusal = expect.objectContaining({ code: "ARGUMENT_INVALID" }) as Error;
      expect(() => sumWords(new Uint8Array(20).fill(7), start, end)).toThrow(refusal);
      expect(() => checksum(new Uint8Array(20).fill(7), start, end)).toThrow(refusal);
    },
  );

  test("agrees with RFC 1071's plain loop at any start, length, alignment and sum before", () => {
    const cut = fc.record({
      bytes: fc.uint8Array({ minLength: 0, maxLength: 700 }),
      shift: fc.nat(7),
      start: fc.nat(9),
      sum: fc.nat(0xffff_ffff),
    });
    fc.assert(
      fc.property(cut, ({ bytes, shift, start, sum }) => {
        const room = new Uint8Array(bytes.length + shift);
        room.set(bytes, shift);
        const shifted = room.subarray(shift);
        const from = Math.min(start, shifted.length);
        expect(sumWords(shifted, from, shifted.length, sum)).toBe(plainSum(shifted.subarray(from), sum));
      }),
      { numRuns: 3000 },
    );
  });

  test.each([0x00, 0xff])("carries without loss over 4 MiB of 0x%s", (byte) => {
    const bytes = new Uint8Array(4 * 2 ** 20 + 5).fill(byte).subarray(1);
    expect(sumWords(bytes)).toBe(plainSum(bytes, 0));
    bytes[77] = 0x5a;
    expect(sumWords(bytes)).toBe(plainSum(bytes, 0));
  });

  test("reads a Buffer in the middle of its pool, and nothing beside what was asked for", () => {
    const bytes = Buffer.alloc(400, 0xee);
    bytes.fill(0, 101, 399);
    expect(sumWords(bytes, 101, 399)).toBe(0);
  });

  test("sums parts one after the other", () => {
    const bytes = Uint8Array.from({ length: 500 }, (_, index) => (index * 89) % 256);
    expect(sumWords(bytes, 150, 500, sumWords(bytes, 0, 150))).toBe(sumWords(bytes));
  });
});

describe("updateChecksum", () => {
  test("gets RFC 1624's example right, where RFC 1141 got 0xffff", () => {
    expect(updateChecksum(0xdd2f, 0x5555, 0x3285)).toBe(0x0000);
  });

  test("equals the checksum of the changed bytes", () => {
    const words = fc.uint8Array({ minLength: 20, maxLength: 20 });
    fc.assert(
      fc.property(words, fc.nat(9), fc.nat(0xffff), (bytes, word, value) => {
        fc.pre(bytes.some((byte, index) => byte !== 0 && index >> 1 !== word));
        const before = checksum(bytes);
        const old = (bytes[2 * word]! << 8) | bytes[2 * word + 1]!;
        bytes[2 * word] = value >>> 8;
        bytes[2 * word + 1] = value;
        expect(updateChecksum(before, old, value)).toBe(checksum(bytes));
      }),
    );
  });
});

/** RFC 1071 §4.1, in big integers, so that no carry can be lost. */
function plainSum(bytes: Uint8Array, before: number): number {
  let sum = BigInt(before);
  let block = 0;
  for (let at = 0; at < bytes.length; at += 2) {
    block += (bytes[at]! << 8) | (bytes[at + 1] ?? 0);
    if (block > 2 ** 30) {
      sum += BigInt(block);
      block = 0;
    }
  }
  sum += BigInt(block);
  while (sum > 0xffffn) sum = (sum & 0xffffn) + (sum >> 16n);
  return Number(sum);
}
