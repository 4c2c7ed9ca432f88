import { describe, expect, test } from "vitest";
import { parseAddress } from "../cidr/address.ts";
import { withByte } from "../testing/bytes.ts";
import { encodePacket } from "../testing/encode-packet.ts";
import { frames, ipv4, ipv6 } from "../testing/frames.ts";
import { refusalOf } from "../testing/refusal-of.ts";
import {
  BROADCAST,
  decodeIpv4,
  decodePacket,
  encodeEthernet,
  encodeIpv4,
  encodeIpv6,
  encodeUdp,
} from "./index.ts";
import type { Ipv6Extension, Packet } from "./index.ts";

const all = Object.entries(frames);
/** All but the first fragment: its transport header is about bytes that are not there. */
const rewritable = all.filter(([name]) => name !== "a first fragment");
const link = { destination: BROADCAST, source: 1 };

describe("decodePacket", () => {
  test.each([
    ["a SYN", "tcp"],
    ["TCP data in a VLAN", "tcp"],
    ["UDP", "udp"],
    ["a ping", "icmp"],
    ["fragmentation needed", "icmp"],
    ["IPv4 options", "ip"],
    ["a first fragment", "udp"],
    ["a last fragment", "fragment"],
    ["ARP", "arp"],
    ["TCP over IPv6", "tcp"],
    ["UDP behind four extension headers", "udp"],
    ["packet too big", "icmpv6"],
  ])("peels %s down to %s", (name, kind) => {
    expect(decodePacket(frames[name]!).kind).toBe(kind);
  });

  test("gives each layer's header, and the payload without any", () => {
    const packet = packetOf("TCP data", "tcp");
    expect(packet.ethernet.destination).toBe(BROADCAST);
    expect(packet.network).toMatchObject({ version: 4, source: parseAddress(ipv4.source), protocol: 6 });
    expect(packet.transport).toMatchObject({ sourcePort: 40_000, destinationPort: 7777, flags: 24 });
    expect(packet.payload).toEqual(new Uint8Array(300).fill(0x61));
  });

  test.each(rewritable)("writes %s again as it was", (_, frame) => {
    expect(encodePacket(decodePacket(frame))).toEqual(frame);
  });

  test.each(rewritable)("leaves the padding behind %s where it is", (_, frame) => {
    const padded = new Uint8Array(frame.length + 18).fill(0xee);
    padded.set(frame);
    expect(encodePacket(decodePacket(padded))).toEqual(frame);
  });

  test.each(all)("refuses %s cut anywhere, at a byte that is there", (_, frame) => {
    for (let length = 0; length < frame.length; length++) {
      const [code, offset] = refusalOf(() => decodePacket(frame.slice(0, length)));
      expect(code).toBe("PACKET_TRUNCATED");
      expect(offset).toBeLessThanOrEqual(length);
    }
  });

  test.each(all)(
    "with `cut`, reads %s whose payload is cut, or says which header is not whole",
    (_, frame) => {
      const whole = decodePacket(frame);
      const headers = frame.length - whole.payload.length;
      for (let length = headers; length < frame.length; length++) {
        const packet = decodePacket(frame.slice(0, length), { cut: true });
        expect({ ...packet, payload: whole.payload }).toEqual(whole);
        expect(packet.payload).toEqual(whole.payload.slice(0, length - headers));
      }
      if (whole.kind === "arp") return;
      expect(refusalOf(() => decodePacket(frame.slice(0, headers - 1), { cut: true }))[0]).toBe(
        "PACKET_TRUNCATED",
      );
    },
  );

  test.each(all.filter(([name]) => !/fragment$|options|ARP/i.test(name)))(
    "refuses %s when its last byte changed on the way, unless checksums are not asked about",
    (_, frame) => {
      const damaged = withByte(frame, frame.length - 1, frame.at(-1)! ^ 0x10);
      expect(refusalOf(() => decodePacket(damaged))[0]).toBe("CHECKSUM_INVALID");
      expect(decodePacket(damaged, { verifyChecksums: false }).payload.length).toBeGreaterThanOrEqual(0);
    },
  );

  test("counts the offset of a refusal from the frame's first byte", () => {
    const tcp = frames["TCP data"]!;
    const inVlan = frames["TCP data in a VLAN"]!;
    const unverified = { verifyChecksums: false };
    expect(refusalOf(() => decodePacket(withByte(tcp, 14, 0x44)))).toEqual(["PACKET_INVALID", 14]);
    expect(refusalOf(() => decodePacket(withByte(inVlan, 18, 0x44)))).toEqual(["PACKET_INVALID", 18]);
    expect(refusalOf(() => decodePacket(withByte(tcp, 46, 0x40), unverified))).toEqual([
      "PACKET_INVALID",
      46,
    ]);
    expect(refusalOf(() => decodePacket(withByte(tcp, 60, 0)))).toEqual(["CHECKSUM_INVALID", 50]);
  });

  test("reads the ports from a first fragment, and not from what stands in their place in others", () => {
    const first = packetOf("a first fragment", "udp");
    expect(first.transport).toMatchObject({ sourcePort: 40_000, length: 308 });
    expect(first.payload.length).toBe(152);
    expect(packetOf("a last fragment", "fragment").transport).toBeUndefined();
  });

  test("keeps to IPv6's fragments, too", () => {
    const fragment = (fragmentOffset: number, moreFragments: boolean): Ipv6Extension[] => [
      { kind: "fragment", fragmentOffset, moreFragments, identification: 1 },
    ];
    const datagram = encodeUdp({ sourcePort: 1, destinationPort: 2 }, new Uint8Array(40), ipv6);
    const first = overIpv6(fragment(0, true), datagram.subarray(0, 24));
    expect(decodePacket(first)).toMatchObject({ kind: "udp", transport: { length: 48 } });
    const last = overIpv6(fragment(24, false), datagram.subarray(24));
    expect(decodePacket(last)).toMatchObject({ kind: "fragment", transport: undefined });
  });

  test("does not verify against a destination that is only a stop on the way", () => {
    const datagram = encodeUdp({ sourcePort: 1, destinationPort: 2 }, new Uint8Array(4), {
      ...ipv6,
      destination: "2001:db8::ffff",
    });
    const routing = (segmentsLeft: number): Ipv6Extension[] => [
      { kind: "routing", routingType: 4, segmentsLeft, data: new Uint8Array(20) },
    ];
    expect(decodePacket(overIpv6(routing(1), datagram)).kind).toBe("udp");
    expect(refusalOf(() => decodePacket(overIpv6(routing(0), datagram)))[0]).toBe("CHECKSUM_INVALID");
  });

  test("ends a UDP payload where UDP's own length says, before IP's", () => {
    const datagram = encodeUdp({ sourcePort: 1, destinationPort: 2 }, Uint8Array.of(1, 2, 3), ipv4);
    const packet = decodePacket(ipv4Of(17, Uint8Array.of(...datagram, 9, 9)));
    expect(packet.kind).toBe("udp");
    expect(packet.payload).toEqual(Uint8Array.of(1, 2, 3));
  });

  test("finds in an error's quote whose packet it was", () => {
    const error = packetOf("fragmentation needed", "icmp");
    expect(error.transport.body).toEqual({ kind: "fragmentation-needed", nextHopMtu: 1400 });
    const quoted = decodeIpv4(error.payload, { cut: true });
    expect(quoted.header.destination).toBe(parseAddress(ipv4.destination));
    expect([...quoted.payload.subarray(0, 4)]).toEqual([0x9c, 0x40, 0x1e, 0x61]);
  });

  test.each([
    ["an EtherType", encodeEthernet({ ...link, etherType: 0x88cc }, Uint8Array.of(1, 2)), "ethernet"],
    ["a protocol", ipv4Of(132, Uint8Array.of(1, 2)), "ip"],
    ["ICMPv6 over IPv4", ipv4Of(58, Uint8Array.of(1, 2)), "ip"],
    [
      "no next header",
      encodeEthernet(
        { ...link, etherType: 0x86dd },
        encodeIpv6({ ...ipv6, protocol: 59 }, Uint8Array.of(1, 2)),
      ),
      "ip",
    ],
  ])("keeps what is behind %s that it does not know as bytes", (_, frame, kind) => {
    const packet = decodePacket(frame);
    expect(packet.kind).toBe(kind);
    expect(packet.payload).toEqual(Uint8Array.of(1, 2));
  });

  test("gives a view of the frame, not a copy", () => {
    const frame = Buffer.from(frames["UDP"]!);
    expect(decodePacket(frame).payload.buffer).toBe(frame.buffer);
  });
});

function packetOf<Kind extends Packet["kind"]>(name: string, kind: Kind): Extract<Packet, { kind: Kind }> {
  const packet = decodePacket(frames[name]!);
  if (packet.kind !== kind) throw new Error(`Expected ${kind}, got ${packet.kind}`);
  return packet as Extract<Packet, { kind: Kind }>;
}

function ipv4Of(protocol: number, payload: Uint8Array): Uint8Array {
  return encodeEthernet({ ...link, etherType: 0x0800 }, encodeIpv4({ ...ipv4, protocol }, payload));
}

function overIpv6(extensionHeaders: readonly Ipv6Extension[], payload: Uint8Array): Uint8Array {
  const packet = encodeIpv6({ ...ipv6, protocol: 17, extensionHeaders }, payload);
  return encodeEthernet({ ...link, etherType: 0x86dd }, packet);
}
