import type { Random } from "@tcpip-workshop/grader/suite";
import type { Layer } from "../encapsulation.ts";
import { flipped, hex } from "./bytes.ts";
import { frameOf, sealed, withCrc, type Parts } from "./frame.ts";
import { tcp, twelveOptions } from "./samples.ts";

/** A frame with its FCS, what has happened to it, and who notices first. */
export interface Damaged {
  what: string;
  bytes: Uint8Array;
  noticedBy: Layer | "none";
}

/** Five sound frames that carry a message with a CRC of its own. */
function soundFrames(random: Random): [string, Parts][] {
  const message = (length: number) => withCrc(random.bytes(length));
  return [
    ["a short UDP datagram, padded", { payload: message(6) }],
    ["a UDP datagram", { payload: message(random.integer(60, 90)) }],
    ["a TCP segment with options", { payload: message(41), tcp, tcpOptions: twelveOptions }],
    ["a UDP datagram in a packet with an option", { payload: message(40), ipv4Options: hex("94 04 00 00") }],
    ["a UDP datagram without a checksum", { payload: message(40), noChecksum: true }],
  ];
}

/** Each of the five as it was sent, and damaged at random places: on the wire, in a router, in its sender's memory. */
export function damagedFrames(random: Random): Damaged[] {
  const all = soundFrames(random).map(([what, parts]) => ({ what, parts, ...frameOf(parts) }));
  const bit = (from: number, to: number) => random.integer(from * 8, to * 8 - 1);
  const at = (what: string, bytes: Uint8Array, noticedBy: Damaged["noticedBy"]) => ({
    what,
    bytes,
    noticedBy,
  });
  return [
    ...all.map(({ what, bytes }) => at(`${what}, sound`, sealed(bytes), "none")),
    ...all.flatMap(({ what, bytes, payload, end }) => [
      at(
        `${what}; a bit of its payload flipped on the last wire`,
        flipped(sealed(bytes), bit(payload, end)),
        "link",
      ),
      at(`${what}; a bit flipped on the last wire`, flipped(sealed(bytes), bit(0, bytes.length + 4)), "link"),
    ]),
    ...all.map(({ what, bytes, transport }) =>
      // Not in byte 14: another header length is another sum.
      at(
        `${what}; a bit of its IPv4 header flipped in a router`,
        sealed(flipped(bytes, bit(15, transport))),
        "internet",
      ),
    ),
    ...all
      .filter(({ parts }) => parts.noChecksum !== true)
      .flatMap(({ what, bytes, transport, payload, end }) => [
        at(
          `${what}; a bit of a port flipped in a router`,
          sealed(flipped(bytes, bit(transport, transport + 4))),
          "transport",
        ),
        at(
          `${what}; a bit of its payload flipped in a router`,
          sealed(flipped(bytes, bit(payload, end))),
          "transport",
        ),
      ]),
    ...all.flatMap(({ what, parts, bytes, payload, end }) => {
      const inMemory = { ...parts, payload: flipped(parts.payload, bit(0, parts.payload.length)) };
      const inRouter =
        parts.noChecksum === true ? flipped(bytes, bit(payload, end)) : exchanged(bytes, payload);
      const how =
        parts.noChecksum === true ? "a bit of its payload flipped" : "two words of its payload exchanged";
      return [
        at(
          `${what}; a bit flipped in the sender's memory, below its CRC`,
          sealed(frameOf(inMemory).bytes),
          "application",
        ),
        at(`${what}; ${how} in a router`, sealed(inRouter), "application"),
      ];
    }),
  ];
}

/** The first two 16-bit words from index `from` on change places; where they are equal, one of them and the next. */
function exchanged(bytes: Uint8Array, from: number): Uint8Array {
  const copy = Uint8Array.from(bytes);
  const words = new DataView(copy.buffer);
  let next = from + 2;
  while (next + 2 < bytes.length && words.getUint16(next) === words.getUint16(from)) next += 2;
  const first = words.getUint16(from);
  words.setUint16(from, words.getUint16(next));
  words.setUint16(next, first);
  return copy;
}
