import { describe, expect, test } from "vitest";
import { parseAddress, unmapAddress } from "./address.ts";
import { formatCidr } from "./cidr.ts";
import { specialRange, specialRanges } from "./special-range.ts";

describe("specialRange", () => {
  test.each([
    ["10.1.2.3", "Private-Use", false],
    ["172.31.255.255", "Private-Use", false],
    ["192.168.0.1", "Private-Use", false],
    ["100.64.0.1", "Shared Address Space", false],
    ["127.0.0.1", "Loopback", false],
    ["169.254.169.254", "Link Local", false],
    ["0.0.0.0", "This host on this network", false],
    ["0.0.0.1", "This network", false],
    ["192.0.0.9", "Port Control Protocol Anycast", true],
    ["192.0.0.100", "IETF Protocol Assignments", false],
    ["255.255.255.255", "Limited Broadcast", false],
    ["224.0.0.1", "Multicast", undefined],
    ["::1", "Loopback Address", false],
    ["::ffff:10.0.0.1", "IPv4-mapped Address", false],
    ["64:ff9b::8.8.8.8", "IPv4-IPv6 Translation", true],
    ["64:ff9b:1::1", "IPv4-IPv6 Translation", false],
    ["2001:db8::1", "Documentation", false],
    ["3fff::1", "Documentation", false],
    ["2001:0:1::", "TEREDO", undefined],
    ["2001:20::1", "ORCHIDv2", true],
    ["5f00::1", "Segment Routing (SRv6) SIDs", false],
    ["fd00::1", "Unique-Local", false],
    ["fe80::1", "Link-Local Unicast", false],
    ["ff02::1", "Multicast", undefined],
  ])("knows %s as %s (globally reachable: %s)", (text, name, globallyReachable) => {
    expect(specialRange(text)).toMatchObject({ name, globallyReachable });
  });

  test.each(["8.8.8.8", "172.15.255.255", "172.32.0.0", "100.128.0.0", "2606:4700::1111", "fec0::1"])(
    "knows nothing special of %s",
    (text) => {
      expect(specialRange(text)).toBeUndefined();
    },
  );

  test("gives the whole row", () => {
    const { cidr, ...row } = specialRange("169.254.0.1")!;
    expect(formatCidr(cidr)).toBe("169.254.0.0/16");
    expect(row).toEqual({
      name: "Link Local",
      source: "RFC 3927",
      validSource: true,
      validDestination: true,
      forwardable: false,
      globallyReachable: false,
      reservedByProtocol: true,
    });
  });

  test("sees what a mapped address hides, once it is unmapped", () => {
    expect(specialRange(unmapAddress(parseAddress("::ffff:169.254.169.254")))?.name).toBe("Link Local");
  });
});

describe("specialRanges", () => {
  test("lists both registries whole and multicast: 26 and 25 blocks, and two", () => {
    const blocks = specialRanges().map(({ cidr }) => formatCidr(cidr));
    expect(blocks.filter((block) => !block.includes(":"))).toHaveLength(27);
    expect(blocks.filter((block) => block.includes(":"))).toHaveLength(26);
    expect(new Set(blocks).size).toBe(blocks.length);
  });

  test("finds every block by its own first address, unless a narrower one begins there", () => {
    for (const row of specialRanges()) {
      expect(specialRange(row.cidr.address)!.cidr.prefixLength).toBeGreaterThanOrEqual(row.cidr.prefixLength);
    }
  });
});
