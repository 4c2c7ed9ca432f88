import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseAddress } from "../cidr/address.ts";
import { hex, withByte } from "../testing/bytes.ts";
import { refusalOf } from "../testing/refusal-of.ts";
import { decodeIpv6, encodeIpv6, type Ipv6Fields } from "./ipv6.ts";
import { type Ipv6Extension, MAX_EXTENSION_HEADERS } from "./ipv6-extensions.ts";

const addresses = { source: "2001:db8::1", destination: "2001:db8::2" };
const golden = hex(`
  6b9abcde 0003 3a ff  20010db8000000000000000000000001  20010db8000000000000000000000002  61 62 63`);
const options = (data: string): Ipv6Extension => ({ kind: "destination-options", data: hex(data) });
const padding = "01 04 00 00 00 00";

describe("IPv6", () => {
  test("divides its first word into version, traffic class and flow label", () => {
    const { header, payload } = decodeIpv6(golden);
    expect(header).toEqual({
      version: 6,
      dscp: 0x2e,
      ecn: 1,
      flowLabel: 0xabcde,
      payloadLength: 3,
      hopLimit: 255,
      source: parseAddress(addresses.source),
      destination: parseAddress(addresses.destination),
      extensionHeaders: [],
      protocol: 58,
      headerLength: 40,
    });
    expect(payload).toEqual(hex("61 62 63"));
    expect(encodeIpv6(header, payload)).toEqual(golden);
  });

  test("ends the payload where its length says", () => {
    expect(decodeIpv6(Uint8Array.of(...golden, 0, 0, 0)).payload).toEqual(hex("61 62 63"));
  });

  test("walks the chain of extension headers, whose lengths count in units of 8 beyond the first", () => {
    const extensionHeaders: Ipv6Extension[] = [
      { kind: "hop-by-hop", data: hex(`${padding} 01 06 00 00 00 00 00 00`) },
      { kind: "routing", routingType: 4, segmentsLeft: 2, data: hex("00 00 00 01") },
      { kind: "fragment", fragmentOffset: 0, moreFragments: true, identification: 0xdeadbeef },
      options(padding),
    ];
    const packet = encodeIpv6({ ...addresses, protocol: 6, extensionHeaders }, hex("61"));
    expect(packet.subarray(40)).toEqual(
      hex(`2b 01 ${padding} 01 06 00 00 00 00 00 00
           2c 00 04 02 00 00 00 01
           3c 00 00 01 de ad be ef
           06 00 ${padding}
           61`),
    );
    const { header, payload } = decodeIpv6(packet);
    expect(header).toMatchObject({ extensionHeaders, protocol: 6, headerLength: 80 });
    expect(payload).toEqual(hex("61"));
  });

  test("ends the chain at a later fragment, whose payload begins in the middle of something", () => {
    const extensionHeaders: Ipv6Extension[] = [
      { kind: "fragment", fragmentOffset: 0xfff8, moreFragments: false, identification: 1 },
    ];
    const packet = encodeIpv6({ ...addresses, protocol: 60, extensionHeaders }, hex("61"));
    const { header, payload } = decodeIpv6(packet);
    expect(header).toMatchObject({ extensionHeaders, protocol: 60 });
    expect(payload).toEqual(hex("61"));
  });

  test("leaves a header it does not know to be the payload: 50, ESP", () => {
    const packet = encodeIpv6(
      { ...addresses, protocol: 50, extensionHeaders: [options(padding)] },
      hex("61"),
    );
    expect(decodeIpv6(packet).header.protocol).toBe(50);
  });

  test.each([
    ["version 4", withByte(golden, 0, 0x45), ["PACKET_INVALID", 0]],
    ["a payload length beyond the bytes", withByte(golden, 5, 4), ["PACKET_TRUNCATED", 4]],
    ["a header that is not whole", golden.subarray(0, 39), ["PACKET_TRUNCATED", 0]],
    ["a jumbogram", withByte(withByte(golden, 5, 0), 6, 0), ["PACKET_INVALID", 4]],
    ["an extension header beyond the payload", withByte(golden, 6, 60), ["PACKET_TRUNCATED", 40]],
  ])("refuses %s, and says where", (_, packet, refusal) => {
    expect(refusalOf(() => decodeIpv6(packet))).toEqual(refusal);
  });

  test("refuses an extension header that says it is longer than the payload", () => {
    const packet = encodeIpv6({ ...addresses, protocol: 6, extensionHeaders: [options(padding)] }, hex("61"));
    expect(refusalOf(() => decodeIpv6(withByte(packet, 41, 1)))).toEqual(["PACKET_TRUNCATED", 41]);
  });

  test("refuses hop-by-hop options that are not the first", () => {
    const late = withByte(
      encodeIpv6(
        { ...addresses, protocol: 0, extensionHeaders: [options(padding)] },
        hex(`06 00 ${padding}`),
      ),
      40,
      0,
    );
    expect(refusalOf(() => decodeIpv6(late))).toEqual(["PACKET_INVALID", 40]);
  });

  test("refuses a chain without end", () => {
    const chain = (length: number) => {
      const extensionHeaders = Array.from({ length }, () => options(padding));
      return encodeIpv6({ ...addresses, protocol: 59, extensionHeaders }, hex(""));
    };
    const longest = chain(MAX_EXTENSION_HEADERS);
    expect(decodeIpv6(longest).header.extensionHeaders.length).toBe(MAX_EXTENSION_HEADERS);
    expect(refusalOf(() => decodeIpv6(chain(MAX_EXTENSION_HEADERS + 1)))).toEqual([
      "PACKET_INVALID",
      longest.length - 8,
    ]);
  });

  test("reads what an ICMPv6 error quotes, when told that it is cut", () => {
    const whole = encodeIpv6({ ...addresses, protocol: 6 }, new Uint8Array(1000));
    const { header, payload } = decodeIpv6(whole.subarray(0, 60), { cut: true });
    expect(header.payloadLength).toBe(1000);
    expect(payload.length).toBe(20);
  });

  test.each<[string, object]>([
    ["an extension header that does not fill its units", { extensionHeaders: [options("00")] }],
    ["an IPv4 address", { source: "192.0.2.1" }],
    ["a flow label of 21 bits", { flowLabel: 0x100000 }],
    [
      "a fragment offset that is no multiple of 8",
      { extensionHeaders: [{ kind: "fragment", fragmentOffset: 4, moreFragments: true, identification: 0 }] },
    ],
  ])("refuses to write %s", (_, more) => {
    const encode = () => encodeIpv6({ ...addresses, protocol: 6, ...more }, hex(""));
    expect(refusalOf(encode)).toEqual(["ARGUMENT_INVALID", undefined]);
  });

  test("is undone by decodeIpv6, whatever the fields", () => {
    fc.assert(
      fc.property(anyFields, fc.uint8Array({ maxLength: 50 }), (fields, payload) => {
        const packet = encodeIpv6(fields, payload);
        const decoded = decodeIpv6(packet);
        expect(decoded.header).toMatchObject(fields);
        expect(decoded.payload).toEqual(payload);
        expect(encodeIpv6(decoded.header, decoded.payload)).toEqual(packet);
      }),
    );
  });
});

const address = fc.bigInt({ min: 0n, max: 2n ** 128n - 1n });
const anyFields: fc.Arbitrary<Ipv6Fields> = fc.record({
  source: address,
  destination: address,
  protocol: fc.integer({ min: 61, max: 255 }),
  dscp: fc.nat(63),
  ecn: fc.nat(3),
  flowLabel: fc.nat(0xfffff),
  hopLimit: fc.nat(255),
  extensionHeaders: fc.array(
    fc.oneof(
      fc
        .uint8Array({ minLength: 6, maxLength: 6 })
        .map((data) => ({ kind: "destination-options" as const, data })),
      fc.record({
        kind: fc.constant("routing" as const),
        routingType: fc.nat(255),
        segmentsLeft: fc.nat(255),
        data: fc.constantFrom(new Uint8Array(4), new Uint8Array(12)),
      }),
    ),
    { maxLength: 4 },
  ),
});
