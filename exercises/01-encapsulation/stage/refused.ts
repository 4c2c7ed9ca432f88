import { hex, replaced, text } from "./bytes.ts";
import { frameOf, type Frame, type Parts } from "./frame.ts";
import { sumsToZero, tcp, twelveOptions } from "./samples.ts";

/** A frame that has to be refused, and why. */
export interface Refused {
  /** As it was made … */
  frame: Frame;
  /** … and as it is sent. */
  bytes: Uint8Array;
  /** The index of the byte that is wrong. */
  marked: number;
  /** The layer and the code. */
  how: string;
  rule: string;
}

/** Bytes that were changed on the way, behind the checksum's back. */
export function changed(): Refused[] {
  const payload = text("pay 40 euros now");
  const udp = frameOf({ payload });
  const segment = frameOf({ payload, tcp, tcpOptions: twelveOptions });
  const ones = frameOf({ payload: sumsToZero });
  const change = (made: Frame, marked: number, by: string, layer: string, rule: string): Refused => ({
    frame: made,
    bytes: replaced(made.bytes, marked, hex(by)),
    marked,
    how: `${layer}, CHECKSUM`,
    rule,
  });
  const eight = (protocol: string) =>
    `the 0 of 40 has become an 8, and ${protocol}'s checksum covers the payload`;
  const moved = (protocol: string) =>
    `the source address was changed and IPv4's checksum mended: ${protocol}'s pseudo-header shows it`;
  return [
    change(udp, 22, "3f", "internet", "the TTL was changed, and the header checksum was not"),
    change(udp, udp.payload + 5, "38", "transport", eight("UDP")),
    change(segment, segment.payload + 5, "38", "transport", eight("TCP")),
    change(ones, ones.payload + 2, "67", "transport", "a UDP checksum of ff ff is one: it has to fit"),
    frame("transport, CHECKSUM", moved("UDP"), { ipv4Bytes: [[15, 9]] }),
    frame("transport, CHECKSUM", moved("TCP"), { tcp, ipv4Bytes: [[15, 9]] }),
    change(
      segment,
      segment.transport + 16,
      "00 00",
      "transport",
      "a TCP checksum of 0: only UDP's may be left out",
    ),
  ];
}

/** Each has one fault; all checksums that the fault does not concern are right. */
export function refused(): Refused[] {
  return [
    frame("link, UNSUPPORTED", "EtherType 86dd is IPv6, whatever follows", {
      ethernet: { etherType: 0x86dd },
    }),
    ...internet(),
    ...transport(),
  ];
}

function internet(): Refused[] {
  const [malformed, truncated, unsupported] = ["MALFORMED", "TRUNCATED", "UNSUPPORTED"].map(
    (code) => (rule: string, parts: Partial<Parts>) => frame(`internet, ${code}`, rule, parts),
  ) as [Maker, Maker, Maker];
  return [
    malformed("The EtherType says IPv4, the version says 6", { ipv4Bytes: [[0, 0x65]] }),
    malformed("An IHL of 4: no IPv4 header is 16 bytes long", { ipv4Bytes: [[0, 0x44]] }),
    malformed("An IHL of 0: no IPv4 header is 0 bytes long", { ipv4Bytes: [[0, 0x40]] }),
    truncated("An IHL of 15 is a header of 60 bytes, and 47 are there", {
      ipv4Bytes: [
        [0, 0x4f],
        [3, 60],
      ],
    }),
    malformed("A total length of 19 is less than the header", { payload: hello, ipv4Bytes: [[3, 19]] }),
    malformed("A total length of 22 is less than this header of 24", {
      payload: hello,
      ipv4Options: hex("94 04 00 00"),
      ipv4Bytes: [[3, 22]],
    }),
    truncated("A total length of 48, and 47 bytes are there", { ipv4Bytes: [[3, 48]] }),
    truncated("A total length of 65,535, and 47 bytes are there", {
      ipv4Bytes: [
        [2, 0xff],
        [3, 0xff],
      ],
    }),
    unsupported("Protocol 1 is ICMP, which has no ports", { ipv4Bytes: [[9, 1]] }),
    unsupported("An offset of 185 and no MF: the last fragment, which has no UDP header", {
      ipv4Bytes: [
        [6, 0],
        [7, 185],
      ],
    }),
    unsupported("MF is set: a fragment, and more of them will come", { ipv4Bytes: [[6, 0x20]] }),
    unsupported("An offset of 7936, all in the upper byte: a fragment", { ipv4Bytes: [[6, 0x1f]] }),
  ];
}

function transport(): Refused[] {
  const [malformed, truncated] = ["MALFORMED", "TRUNCATED"].map(
    (code) => (rule: string, parts: Partial<Parts>) => frame(`transport, ${code}`, rule, parts),
  ) as [Maker, Maker];
  const offset = (words: number): Partial<Parts> => ({ tcp, transportBytes: [[12, words << 4]] });
  return [
    malformed("A UDP length of 7 is less than its header", { transportBytes: [[5, 7]] }),
    malformed("A UDP length of 0 is less than its header", { transportBytes: [[5, 0]] }),
    truncated("A UDP length of 28, and IP has brought 27", { transportBytes: [[5, 28]] }),
    truncated("A UDP length of 14, and IP has brought 13: what is behind them is padding", {
      payload: hello,
      transportBytes: [[5, 14]],
    }),
    malformed("A data offset of 4: no TCP header is 16 bytes long", offset(4)),
    malformed("A data offset of 0: no TCP header is 0 bytes long", offset(0)),
    truncated("A data offset of 15 is a header of 60 bytes, and IP has brought 25", {
      ...offset(15),
      payload: hello,
    }),
    truncated("IP has brought no bytes: an IPv4 packet may be empty, a UDP datagram has a header", {
      payload: hello,
      ipv4Bytes: [[3, 20]],
    }),
    truncated("IP has brought 7 bytes: no UDP header has room in them", {
      payload: hello,
      ipv4Bytes: [[3, 27]],
    }),
    truncated("IP has brought 19 bytes: no TCP header has room in them", {
      tcp,
      payload: hello,
      ipv4Bytes: [[3, 39]],
    }),
  ];
}

type Maker = (rule: string, parts: Partial<Parts>) => Refused;

const hello = text("hello");

function frame(how: string, rule: string, parts: Partial<Parts>): Refused {
  const made = frameOf({ payload: text("nineteen bytes long"), ...parts });
  const [inIpv4, inTransport] = [parts.ipv4Bytes, parts.transportBytes].map((bytes) => bytes?.at(-1)?.[0]);
  const marked = inIpv4 === undefined ? made.transport + (inTransport ?? 0) : 14 + inIpv4;
  return { frame: made, bytes: made.bytes, marked, how, rule };
}
