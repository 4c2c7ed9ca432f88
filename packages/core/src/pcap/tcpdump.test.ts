import { Buffer } from "node:buffer";
import { spawnSync } from "node:child_process";
import { endianness } from "node:os";
import { describe, expect, test } from "vitest";
import { decodePcap } from "./decode-pcap.ts";
import { LINKTYPE } from "./linktype.ts";
import { encodePcap, type PcapEncoderOptions } from "./pcap-encoder.ts";

const endian = endianness() === "LE" ? "little" : "big";
const hasTcpdump = spawnSync("tcpdump", ["--version"]).status === 0;

/** UDP 10.0.0.1.1000 > 10.0.0.2.2000 with "hi" in it, as an IPv4 packet (RFC 791, RFC 768). */
const ipv4 = hex("4500001e00000000401166cd 0a000001 0a000002 03e807d0000a0000 6869");
const frame = hex(`ffffffffffff 020000000001 0800 ${Buffer.from(ipv4).toString("hex")}`);
const timestamp = 1_795_392_000_123_456_789n;

describe.skipIf(!hasTcpdump)("tcpdump (skipped where it is not installed)", () => {
  test.each([
    ["ETHERNET", frame],
    ["RAW", ipv4],
    ["NULL", Uint8Array.of(...(endian === "little" ? [2, 0, 0, 0] : [0, 0, 0, 2]), ...ipv4)],
    ["LOOP", Uint8Array.of(0, 0, 0, 2, ...ipv4)],
    ["LINUX_SLL", hex(`0000 0304 0006 0000000000000000 0800 ${Buffer.from(ipv4).toString("hex")}`)],
    [
      "LINUX_SLL2",
      hex(`0800 0000 00000001 0304 00 06 0000000000000000 ${Buffer.from(ipv4).toString("hex")}`),
    ],
  ] as const)(
    "finds the UDP datagram in what we write with link type %s, to the nanosecond",
    (name, data) => {
      const options = { linkType: LINKTYPE[name], resolution: "ns", endian } as const;
      const printed = tcpdump(encodePcap([{ timestamp, data }], options), ["-tt", "--nano"]).toString();
      expect(printed).toContain("1795392000.123456789");
      expect(printed).toContain("IP 10.0.0.1.1000 > 10.0.0.2.2000: UDP, length 2");
    },
  );

  test("reads the other byte order too, and cut packets as cut", () => {
    const options = { endian: endian === "little" ? "big" : "little", snapLength: 20 } as const;
    const bytes = encodePcap([{ timestamp: timestamp - 789n, data: frame }], options);
    const { header, records } = decodePcap(tcpdump(bytes, ["-w", "-"]));
    expect(header).toMatchObject({ endian, snapLength: 20, resolution: "us" });
    const data = frame.slice(0, 20);
    expect([...records]).toEqual([{ timestamp: timestamp - 789n, data, originalLength: frame.length }]);
  });

  test.each<[PcapEncoderOptions, string[]]>([
    [{ resolution: "us", endian }, ["--micro"]],
    [{ resolution: "ns", endian }, ["--nano"]],
    [{ resolution: "ns", endian, linkType: 101, snapLength: 96 }, ["--nano"]],
  ])("writes as %j the very bytes that we write, and we read them", (options, precision) => {
    const unit = options.resolution === "ns" ? 1n : 1000n;
    const packets = [frame, ipv4].map((data, index) => ({
      timestamp: ((timestamp + BigInt(index)) / unit) * unit,
      data,
      originalLength: data.length + index,
    }));
    const ours = encodePcap(packets, options);
    const theirs = tcpdump(ours, ["-w", "-", ...precision]);
    expect(theirs).toEqual(Buffer.from(ours));
    expect([...decodePcap(theirs).records]).toEqual(packets);
  });
});

/** What tcpdump writes to its standard output when it reads these bytes. */
function tcpdump(capture: Uint8Array, options: string[]): Buffer {
  const run = spawnSync("tcpdump", ["-r", "-", "-nn", ...options], { input: capture, timeout: 30_000 });
  if (run.status !== 0) throw new Error(`tcpdump ended with ${run.status}: ${run.stderr.toString()}`);
  return run.stdout;
}

function hex(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text.replaceAll(" ", ""), "hex"));
}
