import { describe, expect, test } from "vitest";
import { formatAddress } from "./address.ts";
import { usableHosts } from "./usable-hosts.ts";
import type { HostRule, Reserved } from "./usable-hosts.ts";

const spelled = (cidr: string, rule?: HostRule | Reserved) => {
  const { count, range } = usableHosts(cidr, rule);
  return range === undefined ? [count] : [count, formatAddress(range.first), formatAddress(range.last)];
};

describe("usableHosts", () => {
  test.each([
    ["10.0.0.0/24", 254, "10.0.0.1", "10.0.0.254"],
    ["10.0.0.0/16", 65_534, "10.0.0.1", "10.0.255.254"],
    ["0.0.0.0/0", 2 ** 32 - 2, "0.0.0.1", "255.255.255.254"],
    ["10.0.0.0/30", 2, "10.0.0.1", "10.0.0.2"],
  ])("takes the network's and the broadcast address from %s", (cidr, ...expected) => {
    expect(spelled(cidr)).toEqual(expected);
  });

  test("uses both addresses of a /31 (RFC 3021) and the one of a /32", () => {
    expect(spelled("10.0.0.0/31")).toEqual([2, "10.0.0.0", "10.0.0.1"]);
    expect(spelled("10.0.0.7/32")).toEqual([1, "10.0.0.7", "10.0.0.7"]);
  });

  test("knows that IPv6 has no broadcast address, and a router at the lowest", () => {
    expect(spelled("2001:db8::/64")).toEqual([
      2n ** 64n - 1n,
      "2001:db8::1",
      "2001:db8::ffff:ffff:ffff:ffff",
    ]);
    expect(spelled("2001:db8::/126")).toEqual([3n, "2001:db8::1", "2001:db8::3"]);
    expect(spelled("2001:db8::/127")).toEqual([2n, "2001:db8::", "2001:db8::1"]);
    expect(spelled("2001:db8::/128")).toEqual([1n, "2001:db8::", "2001:db8::"]);
  });

  test.each<[HostRule, number, string, string]>([
    ["aws", 251, "10.0.0.4", "10.0.0.254"],
    ["azure", 251, "10.0.0.4", "10.0.0.254"],
    ["gcp", 252, "10.0.0.2", "10.0.0.253"],
    ["oracle", 253, "10.0.0.2", "10.0.0.254"],
    ["scaleway", 252, "10.0.0.2", "10.0.0.253"],
  ])("takes what %s takes from a /24", (rule, ...expected) => {
    expect(spelled("10.0.0.0/24", rule)).toEqual(expected);
  });

  test("leaves 65,531 of a /16 and 11 of a /28 at AWS, and five fewer in IPv6", () => {
    expect(usableHosts("10.0.0.0/16", "aws").count).toBe(65_531);
    expect(usableHosts("10.0.0.0/28", "aws").count).toBe(11);
    expect(spelled("2001:db8::/64", "aws")).toEqual([
      2n ** 64n - 5n,
      "2001:db8::4",
      "2001:db8::ffff:ffff:ffff:fffe",
    ]);
  });

  test("leaves none where the rule takes as many as there are, or more", () => {
    expect(usableHosts("10.0.0.0/30", "gcp")).toEqual({ count: 0, range: undefined });
    expect(usableHosts("10.0.0.0/32", "aws")).toEqual({ count: 0, range: undefined });
    expect(usableHosts("2001:db8::/127", "aws")).toEqual({ count: 0n, range: undefined });
  });

  test("takes a rule of your own", () => {
    expect(spelled("10.0.0.0/28", { first: 10, last: 1 })).toEqual([5, "10.0.0.10", "10.0.0.14"]);
  });

  test("does not guess a rule that nobody published", () => {
    expect(() => usableHosts("2001:db8::/64", "gcp")).toThrow(
      "Expected a rule for 2001:db8::/64 among classic, aws, got gcp",
    );
    expect(() => usableHosts("10.0.0.0/8", "toString" as never)).toThrow(
      expect.objectContaining({ code: "ARGUMENT_INVALID" }),
    );
    expect(() => usableHosts("10.0.0.0/8", { first: -1, last: 0 })).toThrow(
      expect.objectContaining({ code: "ARGUMENT_INVALID" }),
    );
  });
});
