import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatAddress } from "./address.ts";
import { cidrOf, formatCidr } from "./cidr.ts";
import type { Cidr } from "./cidr.ts";
import { contains } from "./contains.ts";
import { PrefixTable } from "./prefix-table.ts";

// Few distinct bits at both ends of the address, so that prefixes nest, coincide and neighbour one another.
const ipv4 = fc.tuple(fc.nat(7), fc.nat(7)).map(([high, low]) => high * 2 ** 29 + low);
const ipv6 = fc
  .tuple(fc.nat(3), fc.nat(3), fc.nat(3))
  .map(([high, middle, low]) => (BigInt(high) << 126n) | (BigInt(middle) << 63n) | BigInt(low));
const address = fc.oneof(ipv4, ipv6);
const block = fc.oneof(
  fc.tuple(ipv4, fc.nat(32)).map(([address, length]): Cidr => cidrOf(address, length)),
  fc.tuple(ipv6, fc.nat(128)).map(([address, length]): Cidr => cidrOf(address, length)),
);

describe("PrefixTable", () => {
  const routes = new PrefixTable([
    ["0.0.0.0/0", "internet"],
    ["10.0.0.0/8", "vpc"],
    ["10.1.0.0/16", "database"],
    ["10.1.2.3/32", "primary"],
    ["2001:db8::/32", "documentation"],
  ]);

  test.each([
    ["8.8.8.8", "internet"],
    ["10.0.0.1", "vpc"],
    ["10.1.255.255", "database"],
    ["10.1.2.3", "primary"],
    ["10.1.2.4", "database"],
    ["10.2.0.0", "vpc"],
    ["11.0.0.0", "internet"],
    ["2001:db8::1", "documentation"],
    ["2001:db9::1", undefined],
  ])("finds for %s the value of the longest prefix: %s", (text, value) => {
    expect(routes.lookup(text)).toBe(value);
    expect(routes.covers(text)).toBe(value !== undefined);
  });

  test("tells which prefix it was", () => {
    expect(formatCidr(routes.match("10.1.9.9")!.cidr)).toBe("10.1.0.0/16");
    expect(routes.match("::1")).toBeUndefined();
  });

  test("does not find an IPv4-mapped address under its IPv4 prefix", () => {
    expect(routes.lookup("::ffff:10.0.0.1")).toBeUndefined();
  });

  test("is empty at first", () => {
    const table = new PrefixTable<string>();
    expect([table.size, table.lookup("10.0.0.1"), table.covers("::1"), [...table]]).toEqual([
      0,
      undefined,
      false,
      [],
    ]);
  });

  test("keeps the last value of a prefix that is set twice, before and after a lookup", () => {
    const table = new PrefixTable([["10.0.0.0/8", 1]]).set("10.0.0.0/8", 2);
    expect([table.lookup("10.0.0.1"), table.size]).toEqual([2, 1]);
    table.set("10.0.0.0/8", 3);
    expect([table.lookup("10.0.0.1"), table.size]).toEqual([3, 1]);
  });

  test("covers by a prefix whose value is undefined", () => {
    const table = new PrefixTable([["10.0.0.0/8", undefined]]);
    expect([table.covers("10.0.0.1"), table.covers("11.0.0.1")]).toEqual([true, false]);
  });

  test("lists its prefixes in order, a prefix before those it contains", () => {
    const table = new PrefixTable([
      ["::/0", 1],
      ["10.0.0.0/16", 2],
      ["10.0.0.0/8", 3],
      ["9.0.0.0/8", 4],
    ]);
    expect(Array.from(table, ({ cidr, value }) => [formatCidr(cidr), value])).toEqual([
      ["9.0.0.0/8", 4],
      ["10.0.0.0/8", 3],
      ["10.0.0.0/16", 2],
      ["::/0", 1],
    ]);
  });

  test("agrees with going through all prefixes, asked in text and in numbers, filled at once or while asked", () => {
    fc.assert(
      fc.property(
        fc.array(block, { maxLength: 40 }),
        fc.array(address, { minLength: 5, maxLength: 20 }),
        (blocks, asked) => {
          const atOnce = new PrefixTable(blocks.map((cidr, index) => [cidr, index] as const));
          const whileAsked = new PrefixTable<number>();
          for (const [index, cidr] of blocks.entries()) {
            whileAsked.set(cidr, index);
            const probe = asked[index % asked.length]!;
            expect(whileAsked.lookup(probe)).toBe(longest(blocks.slice(0, index + 1), probe));
          }
          for (const each of asked) {
            const expected = longest(blocks, each);
            expect([atOnce.lookup(each), whileAsked.lookup(each)]).toEqual([expected, expected]);
            expect(atOnce.lookup(formatAddress(each))).toBe(expected);
            expect(atOnce.match(each)?.cidr).toEqual(expected === undefined ? undefined : blocks[expected]);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  test("finds each of 20,000 random prefixes by its own address, and the nested one first", () => {
    const table = new PrefixTable<number>();
    // A full-period generator modulo 2³²: no two addresses are alike, and every run has the same.
    let random = 1;
    const hosts = Array.from(
      { length: 10_000 },
      () => (random = (Math.imul(random, 1_664_525) + 1_013_904_223) >>> 0),
    );
    for (const host of hosts) table.set(cidrOf(host, 32), host).set(cidrOf(host, 24), -1);
    expect(hosts.every((host) => table.lookup(host) === host)).toBe(true);
    expect(hosts.filter((host) => table.lookup((host ^ 1) >>> 0) === undefined)).toEqual([]);
  });

  test("refuses bad text with the code of what it was meant to be", () => {
    expect(() => routes.lookup("010.0.0.1")).toThrow(expect.objectContaining({ code: "ADDRESS_INVALID" }));
    expect(() => routes.set("10.0.0.1/8", "")).toThrow(expect.objectContaining({ code: "CIDR_INVALID" }));
    for (const address of [-1, 1.5, 2 ** 32, -1n]) {
      expect(() => routes.lookup(address)).toThrow(expect.objectContaining({ code: "ARGUMENT_INVALID" }));
    }
  });
});

/** The oracle: the index of the longest prefix that holds `address`, the last of equals. */
function longest(blocks: Cidr[], address: number | bigint): number | undefined {
  let best: number | undefined;
  for (const [index, cidr] of blocks.entries()) {
    if (contains(cidr, address) && cidr.prefixLength >= (best === undefined ? 0 : blocks[best]!.prefixLength))
      best = index;
  }
  return best;
}
