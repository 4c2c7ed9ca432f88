import { describe, expect, test } from "vitest";
import { NetError } from "../net-error.ts";
import { encodePacket } from "../testing/encode-packet.ts";
import { frames } from "../testing/frames.ts";
import { decodePacket, type IpHeader, type Packet } from "./index.ts";

const FRAMES = 1_000_000;
const CODES = new Set(["PACKET_TRUNCATED", "PACKET_INVALID", "CHECKSUM_INVALID"]);
const originals = Object.values(frames);
// `PACKET_SEED=123 pnpm unit` plays a run again.
const seed = Number(process.env["PACKET_SEED"] ?? Math.floor(Math.random() * 2 ** 32));

describe("decodePacket", () => {
  test(`gives a value or a NetError for ${FRAMES} mutated frames and reads nothing beside them (seed ${seed})`, () => {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0; // a million stacks that nobody reads
    try {
      const seen = new Map<string, number>();
      const mutate = mutator(seed);
      for (let index = 0; index < FRAMES; index++) {
        const frame = mutate();
        const outcome = outcomeOf(frame, index);
        seen.set(outcome, (seen.get(outcome) ?? 0) + 1);
      }
      // The frames went deep, and every way of it: else a million of them prove nothing.
      const deep = [...CODES, "tcp", "udp", "icmp", "icmpv6", "fragment", "ip", "arp", "ethernet"];
      const rare = deep.filter((name) => (seen.get(name) ?? 0) < FRAMES / 1000);
      expect(rare).toEqual([]);
    } finally {
      Error.stackTraceLimit = stackTraceLimit;
    }
  }, 600_000);
});

function outcomeOf(frame: Uint8Array, index: number): string {
  let packet: Packet;
  try {
    packet = decodePacket(frame, { verifyChecksums: index % 8 === 0, cut: index % 8 === 1 });
  } catch (error) {
    const { code, offset = -1 } = error as NetError;
    if (error instanceof NetError && CODES.has(code) && offset >= 0 && offset <= frame.length) return code;
    throw new Error(`Expected a refusal, frame ${index}: ${hexOf(frame)}`, { cause: error });
  }
  const { payload } = packet;
  const inside = payload.byteOffset >= frame.byteOffset;
  if (!inside || payload.byteOffset + payload.length > frame.byteOffset + frame.length) {
    throw new Error(`Expected the payload inside of frame ${index}: ${hexOf(frame)}`);
  }
  if (index % 16 === 2) expectStable(packet, frame, index);
  return packet.kind;
}

/** What was read and is written is read as the same, and written as the same. */
function expectStable(packet: Packet, frame: Uint8Array, index: number): void {
  // A first fragment's transport header is about bytes that are not there.
  if (packet.transport !== undefined && hasMoreFragments(packet.network)) return;
  // A UDP datagram without a checksum is not written over IPv6.
  if (packet.kind === "udp" && packet.network.version === 6 && packet.transport.checksum === 0) return;
  const written = encodePacket(packet);
  const again = encodePacket(decodePacket(written));
  if (!sameBytes(written, again)) throw new Error(`Expected the same again, frame ${index}: ${hexOf(frame)}`);
}

function hasMoreFragments(network: IpHeader): boolean {
  if (network.version === 4) return network.moreFragments;
  return network.extensionHeaders.some((header) => header.kind === "fragment" && header.moreFragments);
}

/** Frames with some bytes changed, some bits flipped, an end cut off or another's put on. Each has bytes of others around it. */
function mutator(seed: number): () => Uint8Array {
  let state = seed | 1;
  const below = (limit: number): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % limit;
  };
  const room = new Uint8Array(4096);
  return () => {
    const original = originals[below(originals.length)]!;
    const start = 1 + below(7);
    room.set(original, start);
    let { length } = original;
    for (let left = 1 + below(4); left > 0; left--) {
      // Headers are where it matters, and they stand in front.
      const at = start + (below(4) > 0 ? below(Math.min(length, 80)) : below(length));
      switch (below(6)) {
        case 0:
          room[at] = INTERESTING[below(INTERESTING.length)]!;
          break;
        case 1:
          room[at]! ^= 1 << below(8);
          break;
        case 2:
          room[at] = below(256);
          break;
        case 3:
          length = 1 + below(length);
          break;
        case 4: {
          const other = originals[below(originals.length)]!;
          const from = below(other.length);
          room.set(other.subarray(from), at);
          length = Math.max(length, at - start + other.length - from);
          break;
        }
        default:
          room[at]! += 1;
      }
    }
    return room.subarray(start, start + length);
  };
}

const INTERESTING = [
  0, 1, 2, 4, 5, 6, 8, 17, 43, 44, 58, 59, 60, 0x3a, 0x44, 0x46, 0x4f, 0x60, 0x7f, 0x80, 0x81, 0x88, 0xff,
];

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
