import { describe, expect, test } from "vitest";
import { effectiveSendMss, mssOption, TCP_TIMESTAMPS_LENGTH, type EffectiveSendMssOptions } from "./mss.ts";
import { udpPayload, type UdpPayloadOptions } from "./udp-payload.ts";

const tcpOptions = TCP_TIMESTAMPS_LENGTH;

describe("mssOption", () => {
  // 1460, 1440: RFC 6691, section 2. 65495 and 65476 − 40 of Linux's loopback with its MTU of 65536
  test.each([
    [1500, 4, 1460],
    [1500, 6, 1440],
    [1492, 4, 1452],
    [9000, 4, 8960],
    [9000, 6, 8940],
    [68, 4, 28],
    [1280, 6, 1220],
    [65_536, 4, 65_495],
    [65_536, 6, 65_476],
    [1_000_000, 4, 65_495],
    [1_000_000, 6, 65_515],
  ] as const)("of an MTU of %i over IPv%i is %i", (mtu, version, mss) => {
    expect(mssOption({ mtu, version })).toBe(mss);
  });

  test.each([
    { mtu: 67, version: 4 },
    { mtu: 1279, version: 6 },
    { mtu: 1500.5, version: 4 },
    { mtu: 1500, version: 5 },
    { mtu: NaN, version: 4 },
  ])("refuses %j", (options) => {
    expect(() => mssOption(options as never)).toThrow(invalid);
  });
});

describe("effectiveSendMss", () => {
  test.each<[EffectiveSendMssOptions, number]>([
    [{ mtu: 1500, version: 4, sendMss: 1460 }, 1460],
    [{ mtu: 1500, version: 4, sendMss: 1460, tcpOptions }, 1448],
    [{ mtu: 1500, version: 6, sendMss: 1440, tcpOptions }, 1428],
    // the peer takes in less than our link carries, and the other way round
    [{ mtu: 9000, version: 4, sendMss: 1460, tcpOptions }, 1448],
    [{ mtu: 1420, version: 4, sendMss: 1460, tcpOptions }, 1368],
    [{ mtu: 1500, version: 4, sendMss: 1460, tcpOptions, ipOptions: 40 }, 1408],
    [{ mtu: 1500, version: 6, sendMss: 1440, ipOptions: 8 }, 1432],
    // no option came: RFC 9293, MUST-15
    [{ mtu: 1500, version: 4 }, 536],
    [{ mtu: 1500, version: 6 }, 1220],
    [{ mtu: 1500, version: 4, tcpOptions }, 524],
    [{ mtu: 68, version: 4, sendMss: 1460, tcpOptions: 40 - 16 }, 4],
    [{ mtu: 1_000_000, version: 4, sendMss: 65_535 }, 65_495],
    [{ mtu: 1500, version: 4, sendMss: 1 }, 1],
  ])("with %j is %i", (options, mss) => {
    expect(effectiveSendMss(options)).toBe(mss);
  });

  test.each([
    { mtu: 1500, version: 4, tcpOptions: 10 },
    { mtu: 1500, version: 4, tcpOptions: 44 },
    { mtu: 1500, version: 4, ipOptions: 44 },
    { mtu: 1500, version: 6, ipOptions: 4 },
    { mtu: 1500, version: 4, sendMss: 65_536 },
    { mtu: 1500, version: 4, sendMss: 12, tcpOptions: 12 },
    { mtu: 1500, version: 4, sendMss: -1 },
  ] as const)("refuses %j", (options) => {
    expect(() => effectiveSendMss(options)).toThrow(invalid);
  });
});

describe("udpPayload", () => {
  test.each<[UdpPayloadOptions, number]>([
    [{ mtu: 1500, version: 4 }, 1472],
    [{ mtu: 1500, version: 6 }, 1452],
    [{ mtu: 1280, version: 6 }, 1232],
    [{ mtu: 1500, version: 4, ipOptions: 4 }, 1468],
    [{ mtu: 68, version: 4 }, 40],
    [{ version: 4 }, 65_507],
    [{ version: 6 }, 65_527],
    [{ mtu: 1_000_000, version: 4 }, 65_507],
    [{ mtu: 1_000_000, version: 6 }, 65_527],
  ])("with %j is %i", (options, payload) => {
    expect(udpPayload(options)).toBe(payload);
  });

  test.each([
    { mtu: 67, version: 4 },
    { mtu: 68, version: 4, ipOptions: 2 },
    { mtu: 1280, version: 6, ipOptions: 1232 },
    { mtu: 0, version: 4 },
  ] as const)("refuses %j", (options) => {
    expect(() => udpPayload(options)).toThrow(invalid);
  });
});

const invalid = expect.objectContaining({ name: "NetError", code: "ARGUMENT_INVALID" }) as object;
