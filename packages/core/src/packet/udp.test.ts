import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hex, withByte } from "../testing/bytes.ts";
import { refusalOf } from "../testing/refusal-of.ts";
import { decodeUdp, encodeUdp } from "./udp.ts";

const ipv4 = { source: "192.0.2.1", destination: "192.0.2.2" };
const ipv6 = { source: "2001:db8::1", destination: "2001:db8::2" };
const ports = { sourcePort: 53, destinationPort: 40_000 };

describe("UDP", () => {
  test("has eight bytes of header, and a checksum that covers the addresses", () => {
    const datagram = encodeUdp(ports, hex("61 62 63"), ipv4);
    // c000 + 0201 + c000 + 0202 + 0011 + 000b and 0035 + 9c40 + 000b + 6162 + 6300 make e503 with the carries brought round.
    expect(datagram).toEqual(hex("00 35 9c 40 00 0b 1a fc 61 62 63"));
    expect(decodeUdp(datagram, { addresses: ipv4 })).toEqual({
      header: { kind: "udp", ...ports, length: 11, checksum: 0x1afc },
      payload: hex("61 62 63"),
    });
  });

  test("delivered to another address does not fit its checksum", () => {
    const datagram = encodeUdp(ports, hex("61 62 63"), ipv4);
    const elsewhere = { ...ipv4, destination: "192.0.2.3" };
    expect(refusalOf(() => decodeUdp(datagram, { addresses: elsewhere }))).toEqual(["CHECKSUM_INVALID", 6]);
    expect(decodeUdp(datagram).payload).toEqual(hex("61 62 63"));
  });

  test.each([ipv4, ipv6])("sends a checksum that comes out as 0 as 0xffff, over %j", (addresses) => {
    // The payload's word makes the sum 0xffff: it is the checksum of the same datagram with 0 in that place.
    const zero = encodeUdp(ports, hex("00 00"), addresses);
    const datagram = encodeUdp(ports, zero.slice(6, 8), addresses);
    expect(datagram.subarray(6, 8)).toEqual(hex("ff ff"));
    expect(decodeUdp(datagram, { addresses }).header.checksum).toBe(0xffff);
  });

  test("may come without a checksum over IPv4, and not over IPv6", () => {
    const bare = encodeUdp({ ...ports, checksum: 0 }, hex("61"), ipv4);
    expect(bare.subarray(6, 8)).toEqual(hex("00 00"));
    expect(decodeUdp(bare, { addresses: ipv4 }).header.checksum).toBe(0);
    expect(refusalOf(() => decodeUdp(bare, { addresses: ipv6 }))).toEqual(["CHECKSUM_INVALID", 6]);
    expect(refusalOf(() => encodeUdp({ ...ports, checksum: 0 }, hex("61"), ipv6))).toEqual([
      "ARGUMENT_INVALID",
      undefined,
    ]);
  });

  test("ends its payload by its own length, whatever IP brought behind it", () => {
    const longer = new Uint8Array(20);
    longer.set(encodeUdp(ports, hex("61 62 63"), ipv4));
    longer[15] = 9;
    expect(decodeUdp(longer, { addresses: ipv4 }).payload).toEqual(hex("61 62 63"));
  });

  test("refuses a length below 8, or beyond the bytes, or a header that is not whole", () => {
    const datagram = encodeUdp(ports, hex("61 62 63"), ipv4);
    expect(refusalOf(() => decodeUdp(withByte(datagram, 5, 7)))).toEqual(["PACKET_INVALID", 4]);
    expect(refusalOf(() => decodeUdp(withByte(datagram, 5, 0)))).toEqual(["PACKET_INVALID", 4]);
    expect(refusalOf(() => decodeUdp(withByte(datagram, 5, 12)))).toEqual(["PACKET_TRUNCATED", 4]);
    expect(refusalOf(() => decodeUdp(datagram.subarray(0, 7)))).toEqual(["PACKET_TRUNCATED", 0]);
  });

  test("reads a cut datagram when told so, without its checksum", () => {
    const datagram = encodeUdp(ports, new Uint8Array(100), ipv4);
    const { header, payload } = decodeUdp(datagram.subarray(0, 18), { addresses: ipv4, cut: true });
    expect(header.length).toBe(108);
    expect(payload.length).toBe(10);
  });

  test("refuses a pair of addresses of two families", () => {
    const mixed = { source: "192.0.2.1", destination: "::1" };
    expect(refusalOf(() => encodeUdp(ports, hex(""), mixed))).toEqual(["ARGUMENT_INVALID", undefined]);
  });

  test("is undone by decodeUdp, over either family", () => {
    const port = fc.nat(0xffff);
    fc.assert(
      fc.property(port, port, fc.uint8Array(), fc.boolean(), (from, to, payload, v6) => {
        const addresses = v6 ? ipv6 : ipv4;
        const datagram = encodeUdp({ sourcePort: from, destinationPort: to }, payload, addresses);
        const decoded = decodeUdp(datagram, { addresses });
        expect(decoded.payload).toEqual(payload);
        expect(encodeUdp(decoded.header, decoded.payload, addresses)).toEqual(datagram);
      }),
    );
  });
});
