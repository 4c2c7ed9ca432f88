import { describe, expect, test } from "vitest";
import { innerMtu, overhead } from "./overhead.ts";
import { tunnelLayout, type Tunnel } from "./tunnel.ts";

describe("innerMtu", () => {
  test.each<[Tunnel, number]>([
    [{ type: "vlan" }, 1500], // a baby giant
    [{ type: "vlan", tags: 2 }, 1500],
    [{ type: "vlan", counted: true }, 1496],
    [{ type: "vlan", tags: 2, counted: true }, 1492],
    [{ type: "pppoe" }, 1492], // RFC 2516, section 7
    [{ type: "gre", outer: 4 }, 1476],
    [{ type: "gre", outer: 4, key: true }, 1472],
    [{ type: "gre", outer: 6, checksum: true, key: true, sequence: true }, 1444],
    [{ type: "ip-in-ip", outer: 4 }, 1480],
    [{ type: "ip-in-ip", outer: 6 }, 1460],
    [{ type: "vxlan", outer: 4 }, 1450],
    [{ type: "vxlan", outer: 6 }, 1430],
    [{ type: "geneve", outer: 4 }, 1450],
    [{ type: "geneve", outer: 6, options: 12 }, 1418],
    [{ type: "wireguard", outer: 4 }, 1440],
    [{ type: "wireguard", outer: 6 }, 1420], // wg-quick's
    [{ type: "esp", outer: 4, cipher: "aes-gcm" }, 1446],
    [{ type: "esp", outer: 4, cipher: "aes-gcm", natTraversal: true }, 1438],
    [{ type: "esp", outer: 6, cipher: "chacha20-poly1305" }, 1426],
    [{ type: "esp", outer: 4, cipher: "aes-cbc-hmac-sha1" }, 1438],
    [{ type: "esp", outer: 4, cipher: "aes-cbc-hmac-sha1", natTraversal: true }, 1422],
    [{ type: "esp", outer: 4, cipher: "aes-cbc-hmac-sha256" }, 1438],
  ])("of %j over Ethernet is %i", (tunnel, mtu) => {
    expect(innerMtu({ outerMtu: 1500, tunnels: [tunnel] })).toBe(mtu);
  });

  test.each<[Tunnel, number]>([
    [{ type: "ip-in-ip", outer: 4 }, 65_515],
    [{ type: "ip-in-ip", outer: 6 }, 65_535],
    [{ type: "gre", outer: 4 }, 65_511],
    [{ type: "wireguard", outer: 4 }, 65_475],
    [{ type: "pppoe" }, 99_992],
  ])("of %j ends where the length field of the packet around it does: %i", (tunnel, mtu) => {
    expect(innerMtu({ outerMtu: 100_000, tunnels: [tunnel] })).toBe(mtu);
  });

  test("takes tunnels from the outside in", () => {
    const pppoe: Tunnel = { type: "pppoe" };
    expect(innerMtu({ outerMtu: 1500, tunnels: [] })).toBe(1500);
    expect(innerMtu({ outerMtu: 1500, tunnels: [pppoe, { type: "wireguard", outer: 4 }] })).toBe(1432);
    const esp: Tunnel = { type: "esp", outer: 4, cipher: "aes-cbc-hmac-sha1" };
    // padding makes the order matter: GRE inside ESP, and ESP inside GRE
    expect(innerMtu({ outerMtu: 1500, tunnels: [esp, { type: "gre", outer: 4 }] })).toBe(1414);
    expect(innerMtu({ outerMtu: 1500, tunnels: [{ type: "gre", outer: 4 }, esp] })).toBe(1406);
    expect(innerMtu({ outerMtu: 1550, tunnels: [{ type: "vxlan", outer: 4 }] })).toBe(1500);
    // the inner frame of VXLAN has to bring its tag along: here it counts
    expect(
      innerMtu({
        outerMtu: 1500,
        tunnels: [
          { type: "vxlan", outer: 4 },
          { type: "vlan", counted: true },
        ],
      }),
    ).toBe(1446);
  });

  test.each(everyTunnel())("of %j is the longest packet that fits, at every MTU", (tunnel) => {
    const { counted } = tunnelLayout(tunnel);
    const wrong: number[] = [];
    for (let outerMtu = 200; outerMtu <= 1600; outerMtu++) {
      const mtu = innerMtu({ outerMtu, tunnels: [tunnel] });
      const outerLength = (length: number): number =>
        length + overhead(tunnel, length, Math.max(mtu, length));
      // shorter ones too: no padding makes them longer than the longest
      const fits = Array.from({ length: 18 }, (_, less) => outerLength(mtu - less) <= outerMtu).every(
        Boolean,
      );
      const isRight = counted ? fits && outerLength(mtu + 1) > outerMtu : mtu === outerMtu;
      if (!isRight) wrong.push(outerMtu);
    }
    expect(wrong).toEqual([]);
  });

  test("refuses tunnels that leave no room, and what is no tunnel", () => {
    const esp: Tunnel = { type: "esp", outer: 4, cipher: "aes-cbc-hmac-sha1" };
    expect(innerMtu({ outerMtu: 72, tunnels: [esp] })).toBe(14);
    expect(() => innerMtu({ outerMtu: 71, tunnels: [esp] })).toThrow(invalid);
    expect(() => innerMtu({ outerMtu: 70, tunnels: [{ type: "geneve", outer: 6 }] })).toThrow(invalid);
    expect(() => innerMtu({ outerMtu: 67, tunnels: [] })).toThrow(invalid);
    for (const tunnel of [
      { type: "mpls" },
      { type: "esp", outer: 4, cipher: "rot13" },
      { type: "esp", outer: 4, cipher: "constructor" },
      { type: "gre", outer: 5 },
      { type: "vlan", tags: 3 },
      { type: "geneve", outer: 4, options: 5 },
      { type: "geneve", outer: 4, options: 256 },
    ]) {
      expect(() => innerMtu({ outerMtu: 1500, tunnels: [tunnel as Tunnel] })).toThrow(invalid);
    }
  });
});

describe("overhead", () => {
  test.each<[Tunnel, number]>([
    [{ type: "vlan" }, 4],
    [{ type: "vlan", tags: 2 }, 8],
    [{ type: "pppoe" }, 8],
    [{ type: "gre", outer: 4 }, 24],
    [{ type: "gre", outer: 4, checksum: true, key: true, sequence: true }, 36],
    [{ type: "ip-in-ip", outer: 4 }, 20],
    [{ type: "vxlan", outer: 4 }, 50],
    [{ type: "vxlan", outer: 6 }, 70],
    [{ type: "geneve", outer: 4, options: 8 }, 58],
  ])("of %j is %i bytes whatever the length", (tunnel, bytes) => {
    for (const length of [0, 1, 40, 1399, 1400]) expect(overhead(tunnel, length)).toBe(bytes);
  });

  test("of WireGuard is 60 or 80 bytes and padding to 16, which stops at the interface's MTU", () => {
    const wireguard: Tunnel = { type: "wireguard", outer: 4 };
    expect([0, 1, 16, 17].map((length) => overhead(wireguard, length))).toEqual([60, 75, 60, 75]);
    expect(overhead({ type: "wireguard", outer: 6 }, 16)).toBe(80);
    expect(overhead(wireguard, 1420)).toBe(64);
    expect(overhead(wireguard, 1420, 1420)).toBe(60);
    expect(overhead(wireguard, 1400, 1420)).toBe(68); // to 1408
    expect(overhead(wireguard, 1417, 1420)).toBe(63); // not to 1424
  });

  test("of ESP goes in steps of the cipher's block", () => {
    const gcm: Tunnel = { type: "esp", outer: 4, cipher: "aes-gcm" };
    // 52 fixed; the packet and 2 bytes of trailer to the next multiple of 4
    expect([0, 1, 2, 3, 4].map((length) => overhead(gcm, length))).toEqual([56, 55, 54, 57, 56]);
    const cbc: Tunnel = { type: "esp", outer: 4, cipher: "aes-cbc-hmac-sha1" };
    expect([13, 14, 15, 30, 31].map((length) => overhead(cbc, length))).toEqual([59, 58, 73, 58, 73]);
    expect(overhead({ ...cbc, natTraversal: true }, 14)).toBe(66);
  });

  test("refuses a length that is none, or above the interface's MTU", () => {
    for (const length of [-1, 1.5, NaN]) expect(() => overhead({ type: "pppoe" }, length)).toThrow(invalid);
    expect(() => overhead({ type: "pppoe" }, 1493, 1492)).toThrow(invalid);
  });
});

describe("tunnelLayout", () => {
  test("names what is added, from the outside in, and where that is written", () => {
    expect(tunnelLayout({ type: "vxlan", outer: 6 })).toMatchObject({
      parts: [
        { name: "outer IPv6", length: 40 },
        { name: "UDP", length: 8 },
        { name: "VXLAN", length: 8 },
        { name: "inner Ethernet", length: 14 },
      ],
      source: "RFC 7348, section 5",
    });
    for (const tunnel of everyTunnel()) expect(tunnelLayout(tunnel).source).toMatch(/RFC|IEEE|whitepaper/);
  });
});

function everyTunnel(): Tunnel[] {
  const ciphers = ["aes-gcm", "chacha20-poly1305", "aes-cbc-hmac-sha1", "aes-cbc-hmac-sha256"] as const;
  return [
    { type: "vlan" },
    { type: "vlan", tags: 2, counted: true },
    { type: "pppoe" },
    { type: "gre", outer: 4 },
    { type: "gre", outer: 6, key: true },
    { type: "ip-in-ip", outer: 6 },
    { type: "vxlan", outer: 4 },
    { type: "geneve", outer: 4, options: 4 },
    { type: "wireguard", outer: 4 },
    { type: "wireguard", outer: 6 },
    ...ciphers.map((cipher): Tunnel => ({ type: "esp", outer: 4, cipher })),
    { type: "esp", outer: 6, cipher: "aes-cbc-hmac-sha256", natTraversal: true },
  ];
}

const invalid = expect.objectContaining({ name: "NetError", code: "ARGUMENT_INVALID" }) as object;
