import { describe, expect, test } from "vitest";
import { formatCidr, parseCidr } from "./cidr.ts";
import { split } from "./split.ts";

describe("split", () => {
  test("fills a block with smaller ones, lowest first", () => {
    expect([...split("10.0.0.0/22", 24)].map(formatCidr)).toEqual([
      "10.0.0.0/24",
      "10.0.1.0/24",
      "10.0.2.0/24",
      "10.0.3.0/24",
    ]);
    expect([...split("2001:db8::/47", 48)].map(formatCidr)).toEqual(["2001:db8::/48", "2001:db8:1::/48"]);
  });

  test("gives a block itself for its own length", () => {
    expect([...split("0.0.0.0/0", 0)]).toEqual([parseCidr("0.0.0.0/0")]);
  });

  test("ends at the end of the address space", () => {
    expect([...split("255.255.255.254/31", 32)].map(formatCidr)).toEqual([
      "255.255.255.254/32",
      "255.255.255.255/32",
    ]);
    expect([...split("0.0.0.0/0", 1)].map(formatCidr)).toEqual(["0.0.0.0/1", "128.0.0.0/1"]);
  });

  test("gives the first of four billion without making the others", () => {
    expect(formatCidr(split("2001:db8::/32", 64).next().value!)).toBe("2001:db8::/64");
  });

  test.each([7, 33, 8.5])(
    "refuses to split a /8 into blocks of /%s, before the first is asked for",
    (length) => {
      expect(() => split("10.0.0.0/8", length)).toThrow(
        `Expected a prefix length from 8 to 32, got ${length}`,
      );
    },
  );
});
