import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hex, withByte } from "../testing/bytes.ts";
import { refusalOf } from "../testing/refusal-of.ts";
import { decodeTcp, encodeTcp, type TcpFields, TcpFlag } from "./tcp.ts";
import type { TcpOption } from "./tcp-options.ts";

const ipv4 = { source: "192.0.2.1", destination: "192.0.2.2" };
const ipv6 = { source: "2001:db8::1", destination: "2001:db8::2" };
/** As Linux sends them in a SYN. */
const linux: TcpOption[] = [
  { kind: "mss", mss: 1460 },
  { kind: "sack-permitted" },
  { kind: "timestamps", value: 0xfedc_ba98, echoReply: 0 },
  { kind: "no-operation" },
  { kind: "window-scale", shift: 7 },
];
const syn: TcpFields = {
  sourcePort: 40_000,
  destinationPort: 443,
  sequenceNumber: 0x89ab_cdef,
  flags: TcpFlag.SYN,
  window: 64_240,
  options: linux,
};
const golden = hex(`
  9c40 01bb 89abcdef 00000000 a002 faf0 19ff 0000
  0204 05b4  0402  080a fedcba98 00000000  01  0303 07`);

describe("TCP", () => {
  test("writes a SYN with the options that Linux sends", () => {
    expect(encodeTcp(syn, hex(""), ipv4)).toEqual(golden);
  });

  test("reads them again", () => {
    const { header, payload } = decodeTcp(golden, { addresses: ipv4 });
    expect(header).toEqual({
      kind: "tcp",
      acknowledgmentNumber: 0,
      dataOffset: 10,
      checksum: 0x19ff,
      urgentPointer: 0,
      ...syn,
    });
    expect(payload.length).toBe(0);
  });

  test("begins the payload behind the options", () => {
    expect(decodeTcp(encodeTcp(syn, hex("61 62 63"), ipv4)).payload).toEqual(hex("61 62 63"));
  });

  test("keeps options it does not know as bytes, and pads with the end of the list", () => {
    const options: TcpOption[] = [{ kind: "other", number: 253, data: hex("f9 89 01") }];
    const segment = encodeTcp({ ...syn, options }, hex("61"), ipv4);
    expect(segment.subarray(20)).toEqual(hex("fd 05 f9 89 01 00 00 00 61"));
    expect(decodeTcp(segment).header.options).toEqual(options);
  });

  test("passes over what is behind the end of the list, and the reserved bits", () => {
    const segment = encodeTcp({ ...syn, options: [] }, hex("00 ff ff ff 61"), ipv4);
    const { header, payload } = decodeTcp(withByte(segment, 12, 0x6f));
    expect(header.options).toEqual([]);
    expect(payload).toEqual(hex("61"));
  });

  test.each([
    ["of length 0", "08 00 00 00", ["PACKET_INVALID", 21]],
    ["of length 1", "fd 01 00 00", ["PACKET_INVALID", 21]],
    ["past the end of the header", "01 fd 04 00", ["PACKET_TRUNCATED", 22]],
    ["without room for its length", "01 01 01 08", ["PACKET_TRUNCATED", 23]],
    ["MSS with 1 byte", "02 03 05 00", ["PACKET_INVALID", 21]],
    ["window scale with 2 bytes", "03 04 07 00", ["PACKET_INVALID", 21]],
    ["SACK permitted with 1 byte", "04 03 00 00", ["PACKET_INVALID", 21]],
    ["timestamps with 2 bytes", "08 04 00 00", ["PACKET_INVALID", 21]],
  ])("refuses an option %s", (_, options, refusal) => {
    const segment = encodeTcp({ ...syn, options: [] }, hex(options), ipv4);
    expect(refusalOf(() => decodeTcp(withByte(segment, 12, 0x60)))).toEqual(refusal);
  });

  test("refuses a data offset below 5, or beyond the bytes, or a header that is not whole", () => {
    const bare = encodeTcp({ ...syn, options: [] }, hex("61 62 63"), ipv4);
    expect(refusalOf(() => decodeTcp(withByte(bare, 12, 0x40)))).toEqual(["PACKET_INVALID", 12]);
    expect(refusalOf(() => decodeTcp(withByte(bare, 12, 0x60)))).toEqual(["PACKET_TRUNCATED", 0]);
    expect(refusalOf(() => decodeTcp(bare.subarray(0, 19)))).toEqual(["PACKET_TRUNCATED", 0]);
  });

  test("refuses any single byte that was changed on the way, or its address, over either family", () => {
    for (const addresses of [ipv4, ipv6]) {
      const segment = encodeTcp({ ...syn, options: [] }, hex("61 62 63"), addresses);
      for (const at of segment.keys()) {
        if (at === 12) continue; // there, the length is wrong before the checksum is
        const changed = withByte(segment, at, segment[at]! ^ 1);
        expect(refusalOf(() => decodeTcp(changed, { addresses }))).toEqual(["CHECKSUM_INVALID", 16]);
      }
      const elsewhere = { ...addresses, source: addresses.destination };
      expect(refusalOf(() => decodeTcp(segment, { addresses: elsewhere }))).toEqual(["CHECKSUM_INVALID", 16]);
    }
  });

  test.each<[string, Partial<TcpFields>]>([
    ["more options than 40 bytes", { options: [{ kind: "other", number: 253, data: new Uint8Array(39) }] }],
    [
      "an option's kind that stands alone",
      { options: [{ kind: "other", number: 1, data: new Uint8Array() }] },
    ],
    ["an MSS above 65535", { options: [{ kind: "mss", mss: 65_536 }] }],
    ["a sequence number of 2³²", { sequenceNumber: 2 ** 32 }],
    ["a port that is not whole", { sourcePort: 1.5 }],
  ])("refuses to write %s", (_, more) => {
    const encode = () => encodeTcp({ ...syn, ...more }, hex(""), ipv4);
    expect(refusalOf(encode)).toEqual(["ARGUMENT_INVALID", undefined]);
  });

  test("is undone by decodeTcp, whatever the fields", () => {
    fc.assert(
      fc.property(anyFields, fc.uint8Array({ maxLength: 50 }), fc.boolean(), (fields, payload, v6) => {
        const addresses = v6 ? ipv6 : ipv4;
        const segment = encodeTcp(fields, payload, addresses);
        const decoded = decodeTcp(segment, { addresses });
        expect(decoded.header).toMatchObject(fields);
        expect(decoded.payload).toEqual(payload);
        expect(encodeTcp(decoded.header, decoded.payload, addresses)).toEqual(segment);
      }),
    );
  });
});

const uint32 = fc.nat(0xffff_ffff);
const uint16 = fc.nat(0xffff);
const anyOption: fc.Arbitrary<TcpOption> = fc.oneof(
  fc.constant({ kind: "no-operation" } as const),
  fc.constant({ kind: "sack-permitted" } as const),
  fc.record({ kind: fc.constant("mss" as const), mss: uint16 }),
  fc.record({ kind: fc.constant("window-scale" as const), shift: fc.nat(255) }),
  fc.record({ kind: fc.constant("timestamps" as const), value: uint32, echoReply: uint32 }),
  fc.record({
    kind: fc.constant("other" as const),
    number: fc.integer({ min: 9, max: 255 }),
    data: fc.uint8Array({ maxLength: 8 }),
  }),
);
const anyFields: fc.Arbitrary<TcpFields> = fc.record({
  sourcePort: uint16,
  destinationPort: uint16,
  sequenceNumber: uint32,
  acknowledgmentNumber: uint32,
  flags: fc.nat(255),
  window: uint16,
  urgentPointer: uint16,
  options: fc.array(anyOption, { maxLength: 4 }),
});
