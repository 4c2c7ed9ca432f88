import { type AddressLike, toAddress } from "../cidr/address.ts";
import { NetError } from "../net-error.ts";
import { readUint16, readUint32, uint, writeUint16, writeUint32 } from "./bytes.ts";
import { checksum } from "./checksum.ts";
import type { Decoded } from "./ethernet.ts";
import { type Ipv4Option, ipv4OptionsLength, readIpv4Options, writeIpv4Options } from "./ipv4-options.ts";
import { NO_OPTIONS } from "./header-options.ts";
import type { DecodeOptions } from "./decode-options.ts";
import { damaged, invalid, truncated } from "./refusal.ts";
import { view } from "../framing/view.ts";

/**
 * IPv4 header, RFC 791 §3.1:
 *
 *      0                   1                   2                   3
 *      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |Version|  IHL  |    DSCP   |ECN|          Total Length         |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |         Identification        |Flags|      Fragment Offset    |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |  Time to Live |    Protocol   |         Header Checksum       |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |                       Source Address                          |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |                    Destination Address                        |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |                    Options                    |    Padding    |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *
 * The second byte as RFC 2474 and RFC 3168 divide it. The first of the three flags is reserved, and passed over.
 */
export interface Ipv4Header {
  readonly version: 4;
  /** Internet header length, in 32-bit words: 5 to 15. */
  readonly ihl: number;
  /** Differentiated services code point, 6 bits. */
  readonly dscp: number;
  /** Explicit congestion notification, 2 bits. */
  readonly ecn: number;
  /** Header and payload together, in bytes. What follows it in the frame is padding. */
  readonly totalLength: number;
  /** The same for all fragments of a datagram. */
  readonly identification: number;
  readonly dontFragment: boolean;
  /** This is a fragment, and not the last one. */
  readonly moreFragments: boolean;
  /** Where this fragment's payload belongs in the datagram's, in bytes (on the wire in units of 8). */
  readonly fragmentOffset: number;
  readonly timeToLive: number;
  /** What the payload is: see `IpProtocol`. */
  readonly protocol: number;
  readonly checksum: number;
  /** Both addresses as numbers; `formatAddress` of `@tcpip-workshop/core/cidr` spells them. */
  readonly source: number;
  readonly destination: number;
  readonly options: readonly Ipv4Option[];
}

/** A header as one writes it: lengths and the checksum are computed, addresses may be text. */
export interface Ipv4Fields {
  readonly source: AddressLike;
  readonly destination: AddressLike;
  readonly protocol: number;
  readonly dscp?: number;
  readonly ecn?: number;
  readonly identification?: number;
  /** True unless it is a fragment: without, routers may cut the datagram up (RFC 1191). */
  readonly dontFragment?: boolean;
  readonly moreFragments?: boolean;
  /** In bytes, a multiple of 8. */
  readonly fragmentOffset?: number;
  /** 64. */
  readonly timeToLive?: number;
  readonly options?: readonly Ipv4Option[];
}

/**
 * Reads an IPv4 header; the payload ends where the total length says, whatever comes behind it.
 * @throws NetError `PACKET_TRUNCATED`, `PACKET_INVALID`, `CHECKSUM_INVALID`, with the `offset`.
 */
export function decodeIpv4(
  packet: Uint8Array,
  { verifyChecksums = true, cut = false }: DecodeOptions = {},
): Decoded<Ipv4Header> {
  const header = readIpv4(packet, 0, verifyChecksums, cut);
  const end = Math.min(header.totalLength, packet.length);
  return { header, payload: view(packet, header.ihl * 4, end) };
}

/**
 * The header and a copy of the payload.
 * @throws NetError `ARGUMENT_INVALID`, `ADDRESS_INVALID`.
 */
export function encodeIpv4(fields: Ipv4Fields, payload: Uint8Array): Uint8Array {
  const { options = NO_OPTIONS, moreFragments = false, fragmentOffset = 0 } = fields;
  const headerLength = MINIMUM_LENGTH + ipv4OptionsLength(options);
  const packet = new Uint8Array(headerLength + payload.length);
  packet[0] = 0x40 | (headerLength / 4);
  packet[1] = (uint("a DSCP", fields.dscp ?? 0, 6) << 2) | uint("ECN", fields.ecn ?? 0, 2);
  writeUint16(packet, 2, uint("a total length", packet.length, 16));
  writeUint16(packet, 4, uint("an identification", fields.identification ?? 0, 16));
  const dontFragment = fields.dontFragment ?? (!moreFragments && fragmentOffset === 0);
  const flags = (Number(dontFragment) << 14) | (Number(moreFragments) << 13);
  writeUint16(packet, 6, flags | uint("a fragment offset / 8", fragmentOffset / 8, 13));
  packet[8] = uint("a time to live", fields.timeToLive ?? 64, 8);
  packet[9] = uint("a protocol", fields.protocol, 8);
  writeUint32(packet, 12, ipv4Address(fields.source));
  writeUint32(packet, 16, ipv4Address(fields.destination));
  writeIpv4Options(packet, MINIMUM_LENGTH, options);
  writeUint16(packet, 10, checksum(packet, 0, headerLength));
  packet.set(payload, headerLength);
  return packet;
}

/** @internal The header at `start` of `bytes`, and the checks of its lengths against `bytes`. */
export function readIpv4(
  bytes: Uint8Array,
  start: number,
  verifyChecksums: boolean,
  cut: boolean,
): Ipv4Header {
  const available = bytes.length - start;
  if (available < MINIMUM_LENGTH) throw truncated("an IPv4 header", MINIMUM_LENGTH, available, start);
  const first = bytes[start]!;
  const ihl = first & 15;
  const headerLength = ihl * 4;
  const totalLength = readUint16(bytes, start + 2);
  if (first >>> 4 !== 4) throw invalid("version 4", first >>> 4, start);
  if (ihl < 5) throw invalid("an IHL from 5", ihl, start);
  if (available < headerLength) throw truncated("an IPv4 header", headerLength, available, start);
  if (totalLength < headerLength) {
    throw invalid(`a total length from ${headerLength}, as the IHL says,`, totalLength, start + 2);
  }
  if (totalLength > available && !cut) {
    throw truncated("an IPv4 total length", totalLength, available, start + 2);
  }
  if (verifyChecksums && checksum(bytes, start, start + headerLength) !== 0) {
    throw damaged("an IPv4 header", readUint16(bytes, start + 10), start + 10);
  }
  const trafficClass = bytes[start + 1]!;
  const fragment = readUint16(bytes, start + 6);
  return {
    version: 4,
    ihl,
    dscp: trafficClass >>> 2,
    ecn: trafficClass & 3,
    totalLength,
    identification: readUint16(bytes, start + 4),
    dontFragment: (fragment & 0x4000) !== 0,
    moreFragments: (fragment & 0x2000) !== 0,
    fragmentOffset: (fragment & 0x1fff) * 8,
    timeToLive: bytes[start + 8]!,
    protocol: bytes[start + 9]!,
    checksum: readUint16(bytes, start + 10),
    source: readUint32(bytes, start + 12),
    destination: readUint32(bytes, start + 16),
    options: ihl === 5 ? NO_OPTIONS : readIpv4Options(bytes, start + MINIMUM_LENGTH, start + headerLength),
  };
}

const MINIMUM_LENGTH = 20;

/** @internal An IPv4 address from its text or itself. */
export function ipv4Address(like: AddressLike): number {
  const address = toAddress(like);
  if (typeof address === "number") return address;
  throw new NetError("ARGUMENT_INVALID", `Expected an IPv4 address, got ${String(like)}`);
}
