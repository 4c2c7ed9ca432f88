import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseAddress } from "../cidr/address.ts";
import { hex, withByte } from "../testing/bytes.ts";
import { refusalOf } from "../testing/refusal-of.ts";
import { checksum } from "./checksum.ts";
import { decodeIpv4, encodeIpv4, type Ipv4Fields } from "./ipv4.ts";

// RFC 791, appendix A, example 1: IHL 5, total length 21, identification 111, TTL 123, protocol 1; addresses of ours. Its other words
// add up to 448a with the carries brought round, and bb75 is the complement of that.
const example = hex("45 00 00 15 00 6f 00 00 7b 01 bb 75 c0 00 02 01 c0 00 02 02 61");
const addresses = { source: "192.0.2.1", destination: "192.0.2.2" };
const unverified = { verifyChecksums: false };

describe("decodeIpv4", () => {
  test("reads RFC 791's first example", () => {
    const { header, payload } = decodeIpv4(example);
    expect(header).toEqual({
      version: 4,
      ihl: 5,
      dscp: 0,
      ecn: 0,
      totalLength: 21,
      identification: 111,
      dontFragment: false,
      moreFragments: false,
      fragmentOffset: 0,
      timeToLive: 123,
      protocol: 1,
      checksum: 0xbb75,
      source: parseAddress("192.0.2.1"),
      destination: parseAddress("192.0.2.2"),
      options: [],
    });
    expect(payload).toEqual(Uint8Array.of(0x61));
  });

  test("ends the payload where the total length says: Ethernet's padding is not part of it", () => {
    const padded = new Uint8Array(46);
    padded.set(example);
    expect(decodeIpv4(padded).payload).toEqual(Uint8Array.of(0x61));
  });

  test("begins the payload behind the options, known or not", () => {
    const options = [
      { type: 148, data: hex("00 00") },
      { type: 1, data: new Uint8Array() },
      { type: 222, data: hex("01 02 03") },
    ];
    const packet = encodeIpv4({ ...addresses, protocol: 17, options }, hex("61 62"));
    const { header, payload } = decodeIpv4(packet);
    expect(header.ihl).toBe(8);
    expect(header.options).toEqual(options);
    expect(payload).toEqual(hex("61 62"));
  });

  test("tells a fragment's place in bytes", () => {
    const packet = encodeIpv4(
      { ...addresses, protocol: 17, moreFragments: true, fragmentOffset: 1480 },
      hex("61"),
    );
    expect(decodeIpv4(packet).header).toMatchObject({
      dontFragment: false,
      moreFragments: true,
      fragmentOffset: 1480,
    });
  });

  test.each([
    ["version 6", withByte(example, 0, 0x65), ["PACKET_INVALID", 0]],
    ["an IHL of 4", withByte(example, 0, 0x44), ["PACKET_INVALID", 0]],
    ["an IHL beyond the bytes", withByte(example, 0, 0x46), ["PACKET_TRUNCATED", 0]],
    ["a total length below the header's", withByte(example, 3, 19), ["PACKET_INVALID", 2]],
    ["a total length beyond the bytes", withByte(example, 3, 22), ["PACKET_TRUNCATED", 2]],
    ["a checksum that does not fit", withByte(example, 8, 122), ["CHECKSUM_INVALID", 10]],
  ])("refuses %s, and says where", (_, packet, refusal) => {
    expect(refusalOf(() => decodeIpv4(packet))).toEqual(refusal);
  });

  test("refuses a total length that ends among the options", () => {
    const options = [{ type: 148, data: hex("00 00") }];
    const packet = encodeIpv4({ ...addresses, protocol: 1, options }, hex("61 62"));
    expect(refusalOf(() => decodeIpv4(withByte(packet, 3, 23)))).toEqual(["PACKET_INVALID", 2]);
  });

  test.each([
    ["of length 0", "07 00 00 00", ["PACKET_INVALID", 21]],
    ["of length 1", "07 01 00 00", ["PACKET_INVALID", 21]],
    ["past the end of the header", "01 07 04 00", ["PACKET_TRUNCATED", 22]],
    ["without room for its length", "01 01 01 07", ["PACKET_TRUNCATED", 23]],
  ])("refuses an option %s", (_, options, refusal) => {
    const packet = Uint8Array.of(...encodeIpv4({ ...addresses, protocol: 1 }, hex(options)));
    packet[0] = 0x46;
    expect(refusalOf(() => decodeIpv4(packet, unverified))).toEqual(refusal);
  });

  test("takes a damaged checksum where that is what the caller wants", () => {
    expect(decodeIpv4(withByte(example, 8, 122), unverified).header.timeToLive).toBe(122);
  });

  test("reads what an ICMP error quotes, when told that it is cut", () => {
    const whole = encodeIpv4({ ...addresses, protocol: 6 }, new Uint8Array(1000).fill(7));
    const { header, payload } = decodeIpv4(whole.subarray(0, 28), { cut: true });
    expect(header.totalLength).toBe(1020);
    expect(payload).toEqual(new Uint8Array(8).fill(7));
  });

  test("gives a view, and never a Buffer", () => {
    const bytes = Buffer.from(example);
    const { payload } = decodeIpv4(bytes);
    expect(payload.buffer).toBe(bytes.buffer);
    expect(Buffer.isBuffer(payload)).toBe(false);
  });
});

describe("encodeIpv4", () => {
  test("writes RFC 791's first example", () => {
    const fields = { ...addresses, protocol: 1, identification: 111, timeToLive: 123, dontFragment: false };
    expect(encodeIpv4(fields, Uint8Array.of(0x61))).toEqual(example);
  });

  test("has a TTL of 64 and DF, and no DF in fragments", () => {
    expect(decodeIpv4(encodeIpv4({ ...addresses, protocol: 6 }, hex("61"))).header).toMatchObject({
      timeToLive: 64,
      dontFragment: true,
    });
    const last = encodeIpv4({ ...addresses, protocol: 6, fragmentOffset: 8 }, hex("61"));
    expect(decodeIpv4(last).header.dontFragment).toBe(false);
  });

  test("is undone by decodeIpv4, whatever the fields", () => {
    fc.assert(
      fc.property(anyFields, fc.uint8Array({ maxLength: 50 }), (fields, payload) => {
        const packet = encodeIpv4(fields, payload);
        const decoded = decodeIpv4(packet);
        expect(decoded.header).toMatchObject(fields);
        expect(decoded.payload).toEqual(payload);
        expect(checksum(packet, 0, decoded.header.ihl * 4)).toBe(0);
        expect(encodeIpv4(decoded.header, decoded.payload)).toEqual(packet);
      }),
    );
  });

  test.each<[string, object]>([
    ["a fragment offset that is no multiple of 8", { fragmentOffset: 4 }],
    ["a TTL of 256", { timeToLive: 256 }],
    ["an IPv6 address", { source: "::1" }],
    ["more options than 40 bytes", { options: [{ type: 7, data: new Uint8Array(39) }] }],
    ["an option that ends the list", { options: [{ type: 0, data: new Uint8Array() }] }],
  ])("refuses %s", (_, more) => {
    const encode = () => encodeIpv4({ ...addresses, protocol: 6, ...more }, new Uint8Array());
    expect(refusalOf(encode)).toEqual(["ARGUMENT_INVALID", undefined]);
  });

  test("refuses a packet longer than its length can say", () => {
    const encode = (length: number) => encodeIpv4({ ...addresses, protocol: 6 }, new Uint8Array(length));
    expect(encode(65_515).length).toBe(65_535);
    expect(refusalOf(() => encode(65_516))).toEqual(["ARGUMENT_INVALID", undefined]);
  });
});

const anyFields: fc.Arbitrary<Ipv4Fields> = fc.record({
  source: fc.nat(0xffff_ffff),
  destination: fc.nat(0xffff_ffff),
  protocol: fc.nat(255),
  dscp: fc.nat(63),
  ecn: fc.nat(3),
  identification: fc.nat(0xffff),
  dontFragment: fc.boolean(),
  moreFragments: fc.boolean(),
  fragmentOffset: fc.nat(0x1fff).map((units) => units * 8),
  timeToLive: fc.nat(255),
  options: fc.array(
    fc.record({ type: fc.integer({ min: 2, max: 255 }), data: fc.uint8Array({ maxLength: 6 }) }),
    { maxLength: 5 },
  ),
});
