import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cidrOf } from "./cidr.ts";
import type { Cidr } from "./cidr.ts";
import { contains, overlaps } from "./contains.ts";
import { range } from "./range.ts";

// Addresses that often share their first bits, or blocks would hardly ever meet.
const ipv4 = fc
  .integer({ min: 0, max: 32 })
  .chain((bits) => fc.nat(2 ** Math.min(bits, 31) - 1).map((low) => low * 2 + 1));
const ipv6 = fc
  .integer({ min: 0, max: 128 })
  .chain((bits) => fc.bigInt({ min: 0n, max: (1n << BigInt(bits)) - 1n }));
const block = fc.oneof(
  fc.tuple(ipv4, fc.integer({ min: 0, max: 32 })).map(([address, length]): Cidr => cidrOf(address, length)),
  fc.tuple(ipv6, fc.integer({ min: 0, max: 128 })).map(([address, length]): Cidr => cidrOf(address, length)),
);

describe("contains", () => {
  test.each([
    ["10.0.0.0/8", "10.255.255.255", true],
    ["10.0.0.0/8", "11.0.0.0", false],
    ["10.0.0.0/8", "10.1.0.0/16", true],
    ["10.0.0.0/8", "10.0.0.0/8", true],
    ["10.1.0.0/16", "10.0.0.0/8", false],
    ["0.0.0.0/0", "255.255.255.255", true],
    ["128.0.0.0/1", "127.255.255.255", false],
    ["10.0.0.1/32", "10.0.0.1", true],
    ["1.0.0.0/8", "10.0.0.1", false],
    ["2001:db8::/32", "2001:db8:ffff::1", true],
    ["2001:db8::/32", "2001:db9::", false],
    ["::/0", "ffff::", true],
  ])("answers whether %s holds %s: %s", (outer, inner, answer) => {
    expect(contains(outer, inner)).toBe(answer);
  });

  test("never answers across the families, mapped or not", () => {
    expect(contains("0.0.0.0/0", "::1")).toBe(false);
    expect(contains("::/0", "10.0.0.1")).toBe(false);
    expect(contains("10.0.0.0/8", "::ffff:10.0.0.1")).toBe(false);
  });

  test("agrees with comparing the ends", () => {
    fc.assert(
      fc.property(block, block, (outer, inner) => {
        const [a, b] = [range(outer), range(inner)];
        const alike = typeof a.first === typeof b.first;
        expect(contains(outer, inner)).toBe(alike && a.first <= b.first && b.last <= a.last);
        expect(contains(outer, inner.address)).toBe(alike && a.first <= b.first && b.first <= a.last);
      }),
      { numRuns: 2000 },
    );
  });

  test("refuses bad text with the code of what it was meant to be", () => {
    expect(() => contains("10.0.0.0", "10.0.0.1")).toThrow(expect.objectContaining({ code: "CIDR_INVALID" }));
    expect(() => contains("10.0.0.0/8", "10.1")).toThrow(
      expect.objectContaining({ code: "ADDRESS_INVALID" }),
    );
    expect(() => contains("10.0.0.0/8", "10.0.0.1/8")).toThrow(
      expect.objectContaining({ code: "CIDR_INVALID" }),
    );
    expect(() => contains("10.0.0.0/8", -1)).toThrow(expect.objectContaining({ code: "ARGUMENT_INVALID" }));
  });
});

describe("overlaps", () => {
  test.each([
    ["10.0.0.0/8", "10.1.0.0/16", true],
    ["10.0.0.0/9", "10.128.0.0/9", false],
    ["0.0.0.0/0", "203.0.113.0/24", true],
    ["::/0", "0.0.0.0/0", false],
  ])("answers whether %s and %s meet, in either order: %s", (one, other, answer) => {
    expect([overlaps(one, other), overlaps(other, one)]).toEqual([answer, answer]);
  });

  test("agrees with comparing the ends", () => {
    fc.assert(
      fc.property(block, block, (one, other) => {
        const [a, b] = [range(one), range(other)];
        const meet = typeof a.first === typeof b.first && a.first <= b.last && b.first <= a.last;
        expect([overlaps(one, other), overlaps(other, one)]).toEqual([meet, meet]);
      }),
      { numRuns: 2000 },
    );
  });
});
