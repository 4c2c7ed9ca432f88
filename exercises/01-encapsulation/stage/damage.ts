import type { Random } from "@tcpip-workshop/grader/suite";
import type { Layer } from "../encapsulation.ts";
import { flipped, hex } from "./bytes.ts";
import { frameOf, sealed, withCrc, type Frame, type Parts } from "./frame.ts";
import { tcp, twelveOptions } from "./samples.ts";

/** A frame with its FCS, what has happened to it, and who notices first. */
export interface Damaged {
  what: string;
  bytes: Uint8Array;
  noticedBy: Layer | "none";
  /** Why just this layer. */
  rule: string;
  /** As it was before. */
  frame: Frame;
}

/** Five sound frames, and the five damaged at random places: on the wire, in a router, in the sender's memory. */
export function damagedFrames(random: Random): Damaged[] {
  const damaged: Damaged[] = [];
  const bit: AnyBit = (from, to) => random.integer(from * 8, to * 8 - 1);
  const five = soundFrames(random);
  for (const kind of kinds) {
    for (const { name, parts } of five) {
      if (kind === atItsPort && parts.noChecksum === true) continue;
      const frame = frameOf(parts);
      const { how, ...rest } = kind(frame, parts, bit);
      damaged.push({ what: `${name}; ${how}`, frame, ...rest });
    }
  }
  return damaged;
}

/** Each carries a message with a CRC of its own. */
function soundFrames(random: Random): { name: string; parts: Parts }[] {
  const message = (length: number) => withCrc(random.bytes(length));
  return [
    { name: "a short UDP datagram", parts: { payload: message(6) } },
    { name: "a long UDP datagram", parts: { payload: message(random.integer(60, 90)) } },
    { name: "a TCP segment with options", parts: { payload: message(41), tcp, tcpOptions: twelveOptions } },
    { name: "a packet with an IP option", parts: { payload: message(40), ipv4Options: hex("94 04 00 00") } },
    { name: "a UDP datagram without checksum", parts: { payload: message(40), noChecksum: true } },
  ];
}

/** Where a bit is flipped: anywhere from this byte up to that one. */
type AnyBit = (from: number, to: number) => number;
type Kind = (frame: Frame, parts: Parts, bit: AnyBit) => Omit<Damaged, "what" | "frame"> & { how: string };

const onlyTheFcs = "The FCS does not fit: a card drops such a frame, and no layer above sees it";
const theirs =
  "The FCS is a new one, and IPv4's header is sound: the first check that does not fit is UDP's or TCP's";
const onlyItsOwn = "all checks below fit, and only the message's own CRC does not";

const sound: Kind = ({ bytes }) => ({
  how: "nothing happened to it",
  bytes: sealed(bytes),
  noticedBy: "none",
  rule: "Nothing happened to this frame: FCS, IPv4, UDP or TCP, and the message's own CRC fit",
});

const onTheWire: Kind = ({ bytes, payload, end }, _, bit) => ({
  how: "a bit of its payload flipped on the last wire",
  bytes: flipped(sealed(bytes), bit(payload, end)),
  noticedBy: "link",
  rule: onlyTheFcs,
});

const anywhereOnTheWire: Kind = ({ bytes }, _, bit) => ({
  how: "a bit flipped on the last wire",
  bytes: flipped(sealed(bytes), bit(0, bytes.length + 4)),
  noticedBy: "link",
  rule: onlyTheFcs,
});

const atItsEtherType: Kind = ({ bytes }, _, bit) => ({
  how: "a bit of its EtherType flipped in the last router",
  bytes: sealed(flipped(bytes, bit(12, 14))),
  noticedBy: "link",
  rule: "The new FCS fits, but the EtherType is not IPv4's any more: `peel` says which layer notices",
});

// Not in the header's first byte: with another header length the sum is one of other bytes.
const inARouter: Kind = ({ bytes, transport }, _, bit) => ({
  how: "a bit of its IPv4 header flipped in the last router",
  bytes: sealed(flipped(bytes, bit(15, transport))),
  noticedBy: "internet",
  rule: "The FCS is a new one, and fits: the first check that does not is IPv4's header checksum",
});

const atItsPort: Kind = ({ bytes, transport }, _, bit) => ({
  how: "a bit of a port flipped in some router",
  bytes: sealed(flipped(bytes, bit(transport, transport + 4))),
  noticedBy: "transport",
  rule: theirs,
});

const inItsPayload: Kind = ({ bytes, payload, end }, { noChecksum }, bit) => ({
  how: "a bit of its payload flipped in some router",
  bytes: sealed(flipped(bytes, bit(payload, end))),
  noticedBy: noChecksum === true ? "application" : "transport",
  rule: noChecksum === true ? `This UDP datagram has no checksum: ${onlyItsOwn}` : theirs,
});

const wordsExchanged: Kind = ({ bytes, payload }) => ({
  how: "two words of its payload exchanged in some router",
  bytes: sealed(exchanged(bytes, payload)),
  noticedBy: "application",
  rule: `Two words that change places give the same sum: ${onlyItsOwn}`,
});

const beforeItWasSent: Kind = (_, parts, bit) => ({
  how: "a bit flipped in the sender's memory, before it had a checksum",
  bytes: sealed(frameOf({ ...parts, payload: flipped(parts.payload, bit(0, parts.payload.length)) }).bytes),
  noticedBy: "application",
  rule: `The damage was there before the first checksum was made: ${onlyItsOwn}`,
});

const kinds = [
  sound,
  onTheWire,
  anywhereOnTheWire,
  atItsEtherType,
  inARouter,
  atItsPort,
  inItsPayload,
  wordsExchanged,
  beforeItWasSent,
];

/** The 16-bit word at index `from` and the next one that differs from it change places. */
function exchanged(bytes: Uint8Array, from: number): Uint8Array {
  const copy = Uint8Array.from(bytes);
  const words = new DataView(copy.buffer);
  const first = words.getUint16(from);
  let next = from + 2;
  while (words.getUint16(next) === first) next += 2;
  words.setUint16(from, words.getUint16(next));
  words.setUint16(next, first);
  return copy;
}
