import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeMessage, encodeMessage, HEADER_LENGTH } from "./message.ts";

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex.replaceAll(" ", ""), "hex"));

describe("encodeMessage", () => {
  test("writes magic, version, kind, id and payload in network byte order", () => {
    const message = { kind: "request", id: 0x0102030405060708n, payload: bytes("68 69") } as const;
    expect(encodeMessage(message)).toEqual(bytes("7565 01 00 0102030405060708 6869"));
    expect(encodeMessage({ ...message, kind: "reply" })).toEqual(bytes("7565 01 01 0102030405060708 6869"));
  });
});

describe("decodeMessage", () => {
  test("gives back what was encoded, in the middle of a larger buffer too", () => {
    const message = fc.record({
      kind: fc.constantFrom("request" as const, "reply" as const),
      id: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
      payload: fc.uint8Array({ maxLength: 100 }),
    });
    fc.assert(
      fc.property(message, fc.nat(9), (message, offset) => {
        const datagram = encodeMessage(message);
        const larger = new Uint8Array(offset + datagram.length);
        larger.set(datagram, offset);
        expect(decodeMessage(larger.subarray(offset))).toEqual(message);
      }),
    );
  });

  test("takes an empty payload", () => {
    expect(decodeMessage(bytes("7565 01 01 0000000000000007"))).toMatchObject({
      id: 7n,
      payload: new Uint8Array(0),
    });
  });

  test("knows none of the truncated headers", () => {
    const whole = encodeMessage({ kind: "request", id: 1n, payload: new Uint8Array(0) });
    for (let length = 0; length < HEADER_LENGTH; length++) {
      expect(decodeMessage(whole.subarray(0, length)), `${length} bytes`).toBeUndefined();
    }
  });

  test.each([
    ["another magic", "7566 01 00 0000000000000001"],
    ["another version", "7565 02 00 0000000000000001"],
    ["another kind", "7565 01 02 0000000000000001"],
  ])("does not know %s", (_what, hex) => {
    expect(decodeMessage(bytes(hex))).toBeUndefined();
  });

  test("never throws, whatever comes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (garbage) => {
        expect(() => decodeMessage(garbage)).not.toThrow();
      }),
    );
  });
});
