import { hex, text } from "./bytes.ts";
import { frameOf, type Parts } from "./frame.ts";
import { tcp } from "./samples.ts";

/** A frame that has to be refused, and why. */
export interface Refused {
  bytes: Uint8Array;
  /** The layer and the code. */
  how: string;
  rule: string;
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
  // The header of 60 bytes is announced in a frame that ends behind 20 of them.
  const short = hex(
    "02 00 00 00 00 02 02 00 00 00 00 01 08 00 4f 00 00 3c 00 00 40 00 40 11 a8 72 c0 00 02 01 c6 33 64 07",
  );
  return [
    malformed("The EtherType says IPv4, the version says 6", { ipv4Bytes: [[0, 0x65]] }),
    malformed("An IHL of 4: no IPv4 header is 16 bytes long", { ipv4Bytes: [[0, 0x44]] }),
    malformed("An IHL of 0: no IPv4 header is 0 bytes long", { ipv4Bytes: [[0, 0x40]] }),
    {
      bytes: short,
      how: "internet, TRUNCATED",
      rule: "An IHL of 15 is a header of 60 bytes, and 20 are there",
    },
    malformed("A total length of 19 is less than the header", { payload: hello, ipv4Bytes: [[3, 19]] }),
    truncated("A total length of 48, and 47 bytes are there", { ipv4Bytes: [[3, 48]] }),
    truncated("A total length of 65,535, and 47 bytes are there", {
      ipv4Bytes: [
        [2, 0xff],
        [3, 0xff],
      ],
    }),
    unsupported("Protocol 1 is ICMP, which has no ports", { ipv4: { protocol: 1 } }),
    unsupported("MF is set: a fragment, and more of them will come", { ipv4Bytes: [[6, 0x20]] }),
    unsupported("An offset of 185 and no MF: the last fragment, which has no UDP header", {
      ipv4Bytes: [
        [6, 0],
        [7, 185],
      ],
    }),
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
  return { bytes: frameOf({ payload: text("nineteen bytes long"), ...parts }).bytes, how, rule };
}
