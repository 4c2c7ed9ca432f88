import { describe, expect, test } from "vitest";
import { NetError } from "../net-error.ts";
import { cidrOf, formatCidr, parseCidr, parseInterface } from "./cidr.ts";

describe("parseCidr", () => {
  test.each([
    ["10.0.0.0/8", { address: 0x0a000000, prefixLength: 8 }],
    ["0.0.0.0/0", { address: 0, prefixLength: 0 }],
    ["255.255.255.255/32", { address: 0xffffffff, prefixLength: 32 }],
    ["::/0", { address: 0n, prefixLength: 0 }],
    ["2001:db8::/32", { address: 0x20010db8n << 96n, prefixLength: 32 }],
    ["::ffff:1.2.3.4/128", { address: 0xffff01020304n, prefixLength: 128 }],
  ])("reads %s", (text, cidr) => {
    expect(parseCidr(text)).toEqual(cidr);
  });

  test.each([
    ["10.0.0.0/33", 'Expected a prefix length from 0 to 32, got 33 in "10.0.0.0/33"'],
    ["::/129", 'Expected a prefix length from 0 to 128, got 129 in "::/129"'],
    [
      "10.0.0.0/99999999999",
      'Expected a prefix length from 0 to 32, got 99999999999 in "10.0.0.0/99999999999"',
    ],
    ["10.0.0.0/08", 'Expected a prefix length without leading zeros, got "08" in "10.0.0.0/08"'],
    ["10.0.0.0/00", 'Expected a prefix length without leading zeros, got "00" in "10.0.0.0/00"'],
    ["10.0.0.0/", 'Expected a prefix length from 0 to 32, got nothing after "/" in "10.0.0.0/"'],
    ["10.0.0.0/+8", 'Expected a prefix length from 0 to 32 in decimal digits, got "+8" in "10.0.0.0/+8"'],
    ["10.0.0.0/8 ", 'Expected a prefix length from 0 to 32 in decimal digits, got "8 " in "10.0.0.0/8 "'],
    ["10.0.0.0/8/8", 'Expected one "/", got two or more in "10.0.0.0/8/8"'],
    ["10.0.0.0", 'Expected an address and a prefix length such as 10.0.0.0/8, got "10.0.0.0" without "/"'],
    ["/8", 'Expected an IPv4 or IPv6 address, got "" in "/8"'],
    [
      "10/8",
      'Expected four octets, got 1 in "10" in "10/8": a short form, which inet_aton would read as 0.0.0.10',
    ],
    [
      "010.0.0.0/8",
      'Expected octets without leading zeros, got "010.0.0.0" in "010.0.0.0/8": "010" could be read as octal 8',
    ],
    [
      "10.0.0.0/255.0.0.0",
      'Expected a prefix length from 0 to 32, got the netmask 255.0.0.0 in "10.0.0.0/255.0.0.0": say /8',
    ],
    [
      "10.0.0.0/0.0.0.255",
      'Expected a prefix length from 0 to 32, got the netmask 0.0.0.255 in "10.0.0.0/0.0.0.255"',
    ],
    [
      "fe80::%eth0/64",
      'Expected an address without a zone id, got "%eth0" in "fe80::%eth0/64": a zone names an interface of one host (RFC 4007), not a part of the address',
    ],
    [
      "10.0.0.1/8",
      'Expected only zeros after the first 8 bits, got "10.0.0.1/8": the block is "10.0.0.0/8", and parseInterface reads an address in it',
    ],
    [
      "2001:db8::1/32",
      'Expected only zeros after the first 32 bits, got "2001:db8::1/32": the block is "2001:db8::/32", and parseInterface reads an address in it',
    ],
  ])("refuses %j and says why", (text, message) => {
    expect(() => parseCidr(text)).toThrow(new NetError("CIDR_INVALID", message));
  });

  test("refuses what is not text", () => {
    expect(() => parseCidr(8 as never)).toThrow(
      new NetError("CIDR_INVALID", "Expected a prefix as text, got a number"),
    );
  });

  test.each(["10.0.0.0/8", "0.0.0.0/0", "2001:db8::/32", "::ffff:1.2.3.4/128", "::/0"])(
    "is undone by formatCidr: %s",
    (text) => {
      expect(formatCidr(parseCidr(text))).toBe(text);
    },
  );
});

describe("parseInterface", () => {
  test("keeps the address and tells the block it is in", () => {
    expect(parseInterface("10.1.2.3/8")).toEqual({
      address: 0x0a010203,
      network: { address: 0x0a000000, prefixLength: 8 },
    });
    expect(parseInterface("2001:db8::1/32").network).toEqual(parseCidr("2001:db8::/32"));
  });

  test("is as strict as parseCidr about everything else", () => {
    expect(() => parseInterface("10.0.0.1/33")).toThrow(expect.objectContaining({ code: "CIDR_INVALID" }));
  });
});

describe("cidrOf", () => {
  test.each([
    ["10.1.2.3", 8, "10.0.0.0/8"],
    ["255.255.255.255", 0, "0.0.0.0/0"],
    ["255.255.255.255", 1, "128.0.0.0/1"],
    ["255.255.255.255", 31, "255.255.255.254/31"],
    ["255.255.255.255", 32, "255.255.255.255/32"],
    ["ffff::ffff", 0, "::/0"],
    ["2001:db8::ffff", 127, "2001:db8::fffe/127"],
  ])("finds the block of %s with length %i", (address, prefixLength, block) => {
    expect(formatCidr(cidrOf(address, prefixLength))).toBe(block);
  });

  test.each([-1, 33, 1.5, NaN, "8"])("refuses the length %s", (prefixLength) => {
    expect(() => cidrOf("10.0.0.0", prefixLength as number)).toThrow(
      new NetError("ARGUMENT_INVALID", `Expected a prefix length from 0 to 32, got ${prefixLength}`),
    );
  });
});
