import { describe, expect, test } from "vitest";
import { hex, withByte } from "../testing/bytes.ts";
import { refusalOf } from "../testing/refusal-of.ts";
import { decodeIcmp, encodeIcmp, type IcmpFields, IcmpType } from "./icmp.ts";
import { decodeIcmpv6, encodeIcmpv6, type Icmpv6Fields, Icmpv6Type } from "./icmpv6.ts";

const addresses = { source: "2001:db8::1", destination: "2001:db8::2" };

describe("ICMP", () => {
  test("writes a ping as the network knows it", () => {
    const body = { kind: "echo", identifier: 0x1234, sequenceNumber: 1 } as const;
    // 0800 + 1234 + 0001 + 6162 = 7b97
    expect(encodeIcmp({ type: IcmpType.ECHO_REQUEST, body }, hex("61 62"))).toEqual(
      hex("08 00 84 68 12 34 00 01 61 62"),
    );
  });

  test.each<IcmpFields>([
    { type: 0, body: { kind: "echo", identifier: 65_535, sequenceNumber: 65_535 } },
    { type: 3, code: 4, body: { kind: "fragmentation-needed", nextHopMtu: 1400 } },
    { type: 3, code: 3, body: { kind: "unreachable" } },
    { type: 11, code: 1, body: { kind: "time-exceeded" } },
    { type: 13, body: { kind: "other", word: 0xffff_ffff } },
  ])("reads again what it wrote: $body.kind", (fields) => {
    const { header, payload } = decodeIcmp(encodeIcmp(fields, hex("61")));
    expect(header).toMatchObject(fields);
    expect(payload).toEqual(hex("61"));
  });

  test("refuses a message that is damaged or not whole", () => {
    const ping = encodeIcmp({ type: 8, body: { kind: "echo", identifier: 1, sequenceNumber: 1 } }, hex("61"));
    expect(refusalOf(() => decodeIcmp(withByte(ping, 8, 0)))).toEqual(["CHECKSUM_INVALID", 2]);
    expect(refusalOf(() => decodeIcmp(ping.subarray(0, 7)))).toEqual(["PACKET_TRUNCATED", 0]);
    expect(decodeIcmp(withByte(ping, 8, 0), { verifyChecksums: false }).header.type).toBe(8);
    expect(decodeIcmp(ping.subarray(0, 8), { cut: true }).payload.length).toBe(0);
  });
});

describe("ICMPv6", () => {
  test.each<Icmpv6Fields>([
    { type: 128, body: { kind: "echo", identifier: 65_535, sequenceNumber: 65_535 } },
    { type: Icmpv6Type.PACKET_TOO_BIG, body: { kind: "packet-too-big", mtu: 0xffff_ffff } },
    { type: 1, code: 4, body: { kind: "unreachable" } },
    { type: 3, body: { kind: "time-exceeded" } },
    { type: 135, body: { kind: "other", word: 0x8000_0000 } },
  ])("reads again what it wrote: $body.kind", (fields) => {
    const { header, payload } = decodeIcmpv6(encodeIcmpv6(fields, hex("61"), addresses), { addresses });
    expect(header).toMatchObject(fields);
    expect(payload).toEqual(hex("61"));
  });

  test("covers its addresses with its checksum, unlike ICMP", () => {
    const echo = encodeIcmpv6(
      { type: 128, body: { kind: "echo", identifier: 1, sequenceNumber: 1 } },
      hex("61"),
      addresses,
    );
    const elsewhere = { ...addresses, destination: "2001:db8::3" };
    expect(refusalOf(() => decodeIcmpv6(echo, { addresses: elsewhere }))).toEqual(["CHECKSUM_INVALID", 2]);
    expect(decodeIcmpv6(echo).header.type).toBe(128);
    expect(decodeIcmpv6(echo.subarray(0, 8), { addresses, cut: true }).payload.length).toBe(0);
    expect(refusalOf(() => decodeIcmpv6(echo.subarray(0, 7)))).toEqual(["PACKET_TRUNCATED", 0]);
  });

  test("refuses addresses of IPv4, whose pseudo-header is another", () => {
    const ipv4 = { source: "192.0.2.1", destination: "192.0.2.2" };
    const fields = { type: 1, body: { kind: "unreachable" } } as const;
    expect(refusalOf(() => encodeIcmpv6(fields, hex("61"), ipv4))[0]).toBe("ARGUMENT_INVALID");
    const message = encodeIcmpv6(fields, hex("61"), addresses);
    expect(refusalOf(() => decodeIcmpv6(message, { addresses: ipv4 }))[0]).toBe("ARGUMENT_INVALID");
  });
});
