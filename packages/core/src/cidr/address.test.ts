import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { NetError } from "../net-error.ts";
import { formatAddress, parseAddress, unmapAddress } from "./address.ts";
import type { Address } from "./address.ts";

const ipv4 = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const ipv6 = fc.bigInt({ min: 0n, max: 2n ** 128n - 1n });

describe("parseAddress", () => {
  test.each<[string, Address]>([
    ["0.0.0.0", 0],
    ["10.0.0.1", 0x0a000001],
    ["192.168.1.254", 0xc0a801fe],
    ["255.255.255.255", 0xffffffff],
  ])("reads %s as a number", (text, address) => {
    expect(parseAddress(text)).toBe(address);
  });

  test.each<[string, Address]>([
    ["::", 0n],
    ["::1", 1n],
    ["1::", 1n << 112n],
    ["2001:db8::1", 0x20010db8_00000000_00000000_00000001n],
    ["2001:DB8::A", 0x20010db8_00000000_00000000_0000000an],
    ["2001:0db8:0000:0000:0000:0000:0000:0001", 0x20010db8_00000000_00000000_00000001n],
    ["1:2:3:4:5:6:7::", 0x00010002_00030004_00050006_00070000n],
    ["::2:3:4:5:6:7:8", 0x00000002_00030004_00050006_00070008n],
    ["1:2:3:4:5:6:1.2.3.4", 0x00010002_00030004_00050006_01020304n],
    ["::ffff:1.2.3.4", 0xffff01020304n],
    ["64:ff9b::192.0.2.33", 0x0064ff9b_00000000_00000000_c0000221n],
  ])("reads %s as a bigint", (text, address) => {
    expect(parseAddress(text)).toBe(address);
  });

  test("agrees with arithmetic on the octets of any IPv4 address", () => {
    fc.assert(
      fc.property(ipv4, (address) => {
        const octets = [24n, 16n, 8n, 0n].map((shift) => (BigInt(address) >> shift) % 256n);
        expect(parseAddress(octets.join("."))).toBe(address);
        expect(formatAddress(address)).toBe(octets.join("."));
      }),
    );
  });

  test("agrees with arithmetic on the groups of any IPv6 address, in either case and padded or not", () => {
    fc.assert(
      fc.property(ipv6, fc.boolean(), fc.boolean(), (address, upper, padded) => {
        const groups = address.toString(16).padStart(32, "0").match(/.{4}/g)!;
        const text = groups
          .map((group) => (padded ? group : Number.parseInt(group, 16).toString(16)))
          .join(":");
        expect(parseAddress(upper ? text.toUpperCase() : text)).toBe(address);
      }),
    );
  });

  test("accepts any two zeros or more written as one ::", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 7 }), fc.integer({ min: 1, max: 8 }), (start, length) => {
        const groups = Array.from({ length: 8 }, (_, at) => (at >= start && at < start + length ? "0" : "f"));
        const text = `${groups.slice(0, start).join(":")}::${groups.slice(start + length).join(":")}`;
        expect(parseAddress(text)).toBe(
          BigInt(`0x${groups.map((group) => group.padStart(4, "0")).join("")}`),
        );
      }),
    );
  });

  test.each([
    ["", 'Expected an IPv4 or IPv6 address, got ""'],
    ["010.0.0.1", 'Expected octets without leading zeros, got "010.0.0.1": "010" could be read as octal 8'],
    ["08.0.0.1", 'Expected octets without leading zeros, got "08.0.0.1": "08" looks octal and is not'],
    ["10.1", 'Expected four octets, got 2 in "10.1": a short form, which inet_aton would read as 10.0.0.1'],
    [
      "2130706433",
      'Expected four octets, got 1 in "2130706433": a short form, which inet_aton would read as 127.0.0.1',
    ],
    ["1.300.1", 'Expected four octets, got 3 in "1.300.1": a short form'],
    ["0x7f.0.0.1", 'Expected decimal octets, got "0x7f.0.0.1": only inet_aton reads hexadecimal'],
    ["1.2.3.4.5", 'Expected four octets, got 5 in "1.2.3.4.5"'],
    ["1..2.3", 'Expected a number on both sides of each dot, got "1..2.3"'],
    ["256.0.0.1", 'Expected octets from 0 to 255, got "256" in "256.0.0.1"'],
    ["+1.2.3.4", 'Expected four decimal octets such as 192.0.2.1, got "+1" in "+1.2.3.4"'],
    ["10.0.0.1 ", 'Expected an address and nothing else, got " " at position 8 of "10.0.0.1 "'],
    ["10.0.0.1\0", 'Expected an address and nothing else, got "\\u0000" at position 8 of "10.0.0.1\\u0000"'],
    ["１.2.3.4", 'Expected an address and nothing else, got "１" at position 0 of "１.2.3.4"'],
    ["10.0.0.0/8", 'Expected an address without a prefix length, got "10.0.0.0/8": parseCidr reads those'],
    ["10.0.0.1:80", 'Expected an address without a port, got "10.0.0.1:80"'],
    ["[::1]", 'Expected an address without brackets, got "[::1]": those belong to URLs (RFC 3986 §3.2.2)'],
    ["::1::", 'Expected "::" at most once, got "::1::"'],
    [":::", 'Expected "::" at most once, got ":::"'],
    [":1::2", 'Expected no single ":" at either end, got ":1::2"'],
    ["1:2:3:4:5:6:7:", 'Expected no single ":" at either end, got "1:2:3:4:5:6:7:"'],
    ["12345::", 'Expected groups of one to four hexadecimal digits, got "12345" in "12345::"'],
    ["::g", 'Expected groups of one to four hexadecimal digits, got "g" in "::g"'],
    ["1:2:3", 'Expected eight groups, got 3 in "1:2:3"'],
    [
      "1:2:3:4:5:6:7:1.2.3.4",
      'Expected eight groups (the IPv4 part is two), got 9 in "1:2:3:4:5:6:7:1.2.3.4"',
    ],
    [
      "1:2:3:4::5:6:7:8",
      'Expected at most seven groups beside "::", which stands for one or more, got 8 in "1:2:3:4::5:6:7:8"',
    ],
    ["::1.2.3.4:5", 'Expected the IPv4 part at the end, got "1.2.3.4" in "::1.2.3.4:5"'],
    [
      "::ffff:010.0.0.1",
      'Expected octets without leading zeros, got "010.0.0.1" in "::ffff:010.0.0.1": "010" could be read as octal 8',
    ],
    [
      "fe80::1%eth0",
      'Expected an address without a zone id, got "%eth0" in "fe80::1%eth0": a zone names an interface of one host (RFC 4007), not a part of the address',
    ],
  ])("refuses %j and says why", (text, message) => {
    expect(() => parseAddress(text)).toThrow(new NetError("ADDRESS_INVALID", message));
  });

  test("refuses what is not text", () => {
    expect(() => parseAddress(undefined as never)).toThrow("Expected an address as text, got undefined");
    expect(() => parseAddress(["10.0.0.1"] as never)).toThrow("Expected an address as text, got an object");
  });

  test("keeps a message short however long the text", () => {
    expect(() => parseAddress("1".repeat(1_000_000))).toThrow(/^.{1,250}$/);
  });

  test("throws nothing but NetError and accepts nothing it would not spell again, whatever the text", () => {
    const pieces = fc.constantFrom("0", "1", "9", "255", "f", "00", ".", ":", "::", "%", "/", " ", "x");
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 17 }), (parts) => {
        const text = parts.join("");
        const address = parsed(text);
        if (address instanceof NetError) expect(address.code).toBe("ADDRESS_INVALID");
        else expect(parseAddress(formatAddress(address))).toBe(address);
      }),
      { numRuns: 2000 },
    );
  });
});

describe("formatAddress", () => {
  test.each([
    ["2001:db8::1", "2001:0db8:0:0:0:0:0:1"],
    ["2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"],
    ["2001:0:0:1::1", "2001:0:0:1:0:0:0:1"],
    ["2001:db8::1:0:0:1", "2001:db8:0:0:1:0:0:1"],
    ["2001:db8::aaaa", "2001:DB8::AAAA"],
    ["::", "0:0:0:0:0:0:0:0"],
    ["1::", "1:0:0:0:0:0:0:0"],
    ["::ffff:192.0.2.1", "::FFFF:C000:201"],
    ["::102:304", "::1.2.3.4"],
  ])("spells %s as RFC 5952 does, from %s", (canonical, text) => {
    expect(formatAddress(parseAddress(text))).toBe(canonical);
  });

  test("is undone by parseAddress", () => {
    const sparse = fc
      .array(fc.constantFrom(0n, 0n, 0n, 1n, 0xffffn), { minLength: 8, maxLength: 8 })
      .map((groups) => groups.reduce<bigint>((sum, group) => (sum << 16n) | group, 0n));
    fc.assert(
      fc.property(fc.oneof(ipv4, ipv6, sparse), (address) => {
        expect(parseAddress(formatAddress(address))).toBe(address);
      }),
    );
  });

  test.each([-1, 1.5, 2 ** 32, NaN, -1n, 2n ** 128n, "10.0.0.1"])(
    "refuses %s, which is no address",
    (address) => {
      expect(() => formatAddress(address as Address)).toThrow(
        expect.objectContaining({ code: "ARGUMENT_INVALID" }),
      );
    },
  );
});

describe("unmapAddress", () => {
  test("finds the IPv4 address a dual-stack socket reports as ::ffff:a.b.c.d", () => {
    expect(unmapAddress(parseAddress("::ffff:127.0.0.1"))).toBe(0x7f000001);
  });

  test.each(["127.0.0.1", "::1", "::7f00:1", "64:ff9b::127.0.0.1"])("leaves %s as it is", (text) => {
    expect(unmapAddress(parseAddress(text))).toBe(parseAddress(text));
  });
});

function parsed(text: string): Address | NetError {
  try {
    return parseAddress(text);
  } catch (error) {
    if (error instanceof NetError) return error;
    throw error;
  }
}
