import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatAddress } from "./address.ts";
import type { Address } from "./address.ts";
import { cidrOf, parseCidr } from "./cidr.ts";
import { addressCount, addresses, range } from "./range.ts";

// The oracle works on binary digits written out, so it shares no shift and no mask with the code.
const digits = (address: Address, bits: number) => BigInt(address).toString(2).padStart(bits, "0");
const filled = (address: Address, bits: number, length: number, digit: string) =>
  BigInt(`0b${digits(address, bits).slice(0, length).padEnd(bits, digit)}`);

describe("range", () => {
  const ipv4 = fc.integer({ min: 0, max: 2 ** 32 - 1 });
  const ipv6 = fc.bigInt({ min: 0n, max: 2n ** 128n - 1n });
  const lengths = (bits: number) => Array.from({ length: bits + 1 }, (_, length) => length);

  test.each(lengths(32))("agrees with binary digits for IPv4 blocks of /%i", (length) => {
    fc.assert(
      fc.property(fc.oneof(fc.constantFrom(0, 1, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1), ipv4), (address) => {
        const block = cidrOf(address, length);
        const { first, last } = range(block);
        expect([BigInt(first), BigInt(last)]).toEqual([
          filled(address, 32, length, "0"),
          filled(address, 32, length, "1"),
        ]);
        expect(block.address).toBe(first);
        expect(addressCount(block)).toBe(Number(2n ** BigInt(32 - length)));
      }),
      { numRuns: 50 },
    );
  });

  test.each(lengths(128))("agrees with binary digits for IPv6 blocks of /%i", (length) => {
    fc.assert(
      fc.property(fc.oneof(fc.constantFrom(0n, 1n, 2n ** 64n, 2n ** 128n - 1n), ipv6), (address) => {
        const block = cidrOf(address, length);
        const { first, last } = range(block);
        expect([first, last]).toEqual([filled(address, 128, length, "0"), filled(address, 128, length, "1")]);
        expect(block.address).toBe(first);
        expect(addressCount(block)).toBe(2n ** BigInt(128 - length));
      }),
      { numRuns: 20 },
    );
  });
});

describe("addresses", () => {
  test("gives every address, lowest first", () => {
    expect([...addresses("10.0.0.252/30")].map(formatAddress)).toEqual([
      "10.0.0.252",
      "10.0.0.253",
      "10.0.0.254",
      "10.0.0.255",
    ]);
    expect([...addresses(parseCidr("2001:db8::/127"))]).toEqual([
      0x20010db8n << 96n,
      (0x20010db8n << 96n) + 1n,
    ]);
  });

  test("ends at the end of the address space", () => {
    expect([...addresses("255.255.255.254/31")]).toEqual([2 ** 32 - 2, 2 ** 32 - 1]);
  });

  test("does not count to four billion before it gives the first", () => {
    expect(addresses("0.0.0.0/0").next().value).toBe(0);
    expect(addresses("::/0").next().value).toBe(0n);
  });
});
