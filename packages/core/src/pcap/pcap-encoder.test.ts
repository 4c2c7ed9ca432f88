import { Buffer } from "node:buffer";
import { describe, expect, test } from "vitest";
import { LINKTYPE } from "./linktype.ts";
import { encodePcap, PcapEncoder, type PcapEncoderOptions } from "./pcap-encoder.ts";

/** 2026-11-23 00:00:00.123456 UTC */
const timestamp = 1_795_392_000_123_456_000n;

describe("PcapEncoder", () => {
  // the bytes as drawn in draft-ietf-opsawg-pcap
  test.each<[PcapEncoderOptions, string]>([
    [{}, "d4c3b2a1 0200 0400 00000000 00000000 00000400 01000000"],
    [{ endian: "big" }, "a1b2c3d4 0002 0004 00000000 00000000 00040000 00000001"],
    [{ resolution: "ns" }, "4d3cb2a1 0200 0400 00000000 00000000 00000400 01000000"],
    [{ resolution: "ns", endian: "big" }, "a1b23c4d 0002 0004 00000000 00000000 00040000 00000001"],
    [{ linkType: LINKTYPE.RAW, snapLength: 96 }, "d4c3b2a1 0200 0400 00000000 00000000 60000000 65000000"],
    [{ linkType: LINKTYPE.LINUX_SLL2 }, "d4c3b2a1 0200 0400 00000000 00000000 00000400 14010000"],
  ])("written as %j the file header is %s", (options, hex) => {
    expect(toHex(new PcapEncoder(options).header())).toBe(plain(hex));
  });

  test.each<[PcapEncoderOptions, string]>([
    [{}, "0082036b 40e20100 03000000 03000000 0a0b0c"],
    [{ endian: "big" }, "6b038200 0001e240 00000003 00000003 0a0b0c"],
    [{ resolution: "ns" }, "0082036b 00ca5b07 03000000 03000000 0a0b0c"],
    [{ snapLength: 2 }, "0082036b 40e20100 02000000 03000000 0a0b"],
  ])("written as %j a packet of three bytes is %s", (options, hex) => {
    const data = Uint8Array.of(10, 11, 12);
    expect(toHex(new PcapEncoder(options).record({ timestamp, data }))).toBe(plain(hex));
  });

  test("keeps the original length of a packet that was cut before", () => {
    const record = new PcapEncoder().record({ timestamp, data: new Uint8Array(2), originalLength: 1514 });
    expect(toHex(record)).toBe(plain("0082036b 40e20100 02000000 ea050000 0000"));
  });

  test("takes a time stamp of the last second that 32 bits can say, not the next, and none before 1970", () => {
    const encoder = new PcapEncoder({ resolution: "ns" });
    const at = (time: bigint) => () => encoder.record({ timestamp: time, data: new Uint8Array(0) });
    expect(toHex(at(4_294_967_295_999_999_999n)())).toBe(plain("ffffffff ffc99a3b 00000000 00000000"));
    expect(at(4_294_967_296_000_000_000n)).toThrow(invalid);
    expect(at(-1n)).toThrow(invalid);
  });

  test("refuses nanoseconds that microseconds would lose", () => {
    const packet = { timestamp: timestamp + 1n, data: new Uint8Array(0) };
    expect(() => new PcapEncoder().record(packet)).toThrow(invalid);
    expect(() => new PcapEncoder({ resolution: "ns" }).record(packet)).not.toThrow();
  });

  test.each([2, -1, 2 ** 32, 3.5, NaN])(
    "refuses %d as the original length of three bytes",
    (originalLength) => {
      const packet = { timestamp, data: new Uint8Array(3), originalLength };
      expect(() => new PcapEncoder().record(packet)).toThrow(invalid);
    },
  );

  test.each<object>([
    { linkType: -1 },
    { linkType: 65_536 },
    { linkType: 1.5 },
    { snapLength: 0 },
    { snapLength: 262_145 },
    { resolution: "ms" },
    { resolution: "toString" },
    { endian: "middle" },
  ])("refuses %j", (options) => {
    expect(() => new PcapEncoder(options)).toThrow(invalid);
  });
});

describe("encodePcap", () => {
  test("puts the header in front of the packets", () => {
    const packets = [5, 0, 1].map((length) => ({ timestamp, data: new Uint8Array(length).fill(7) }));
    const encoder = new PcapEncoder();
    const parts = [encoder.header(), ...packets.map((packet) => encoder.record(packet))];
    expect(toHex(encodePcap(packets))).toBe(parts.map(toHex).join(""));
  });

  test("writes a capture without packets", () => {
    expect(encodePcap([]).length).toBe(24);
  });
});

const invalid = expect.objectContaining({ name: "NetError", code: "ARGUMENT_INVALID" }) as object;

function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

function plain(hex: string): string {
  return hex.replaceAll(" ", "");
}
