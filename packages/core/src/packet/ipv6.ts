import { type AddressLike, toAddress } from "../cidr/address.ts";
import { wordOf } from "../cidr/ipv6.ts";
import { NetError } from "../net-error.ts";
import { readUint16, readUint32, uint, writeUint16, writeUint32 } from "./bytes.ts";
import type { DecodeOptions } from "./decode-options.ts";
import type { Decoded } from "./ethernet.ts";
import { NO_OPTIONS } from "./header-options.ts";
import {
  type Ipv6Extension,
  ipv6ExtensionsLength,
  ipv6ExtensionNumber,
  readIpv6Extensions,
  writeIpv6Extensions,
} from "./ipv6-extensions.ts";
import { invalid, truncated } from "./refusal.ts";
import { view } from "../framing/view.ts";

/**
 * IPv6 header, RFC 8200 §3; behind it stand the extension headers that `Next Header` leads to, one after the other:
 *
 *      0                   1                   2                   3
 *      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |Version| Traffic Class |           Flow Label                  |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |         Payload Length        |  Next Header  |   Hop Limit   |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |                                                               |
 *     +                                                               +
 *     |                                                               |
 *     +                         Source Address                        +
 *     |                                                               |
 *     +                                                               +
 *     |                                                               |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |                                                               |
 *     +                                                               +
 *     |                                                               |
 *     +                      Destination Address                      +
 *     |                                                               |
 *     +                                                               +
 *     |                                                               |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *
 * There is no checksum: the transport's covers the addresses.
 */
export interface Ipv6Header {
  readonly version: 6;
  /** Differentiated services code point, the upper 6 bits of the traffic class. */
  readonly dscp: number;
  /** Explicit congestion notification, the lower 2. */
  readonly ecn: number;
  /** 20 bits. */
  readonly flowLabel: number;
  /** Extension headers and payload together, in bytes: the 40 of this header are not counted. */
  readonly payloadLength: number;
  readonly hopLimit: number;
  /** Both addresses as numbers; `formatAddress` of `@tcpip-workshop/core/cidr` spells them. */
  readonly source: bigint;
  readonly destination: bigint;
  readonly extensionHeaders: readonly Ipv6Extension[];
  /** What the payload is: the last `Next Header` of the chain; see `IpProtocol`. 59: there is none. */
  readonly protocol: number;
  /** This header and its extension headers together, in bytes. */
  readonly headerLength: number;
}

/** A header as one writes it: the length is computed, addresses may be text. */
export interface Ipv6Fields {
  readonly source: AddressLike;
  readonly destination: AddressLike;
  readonly protocol: number;
  readonly dscp?: number;
  readonly ecn?: number;
  readonly flowLabel?: number;
  /** 64. */
  readonly hopLimit?: number;
  readonly extensionHeaders?: readonly Ipv6Extension[];
}

/**
 * Reads an IPv6 header with its extension headers; the payload ends where the payload length says. Jumbograms (RFC 2675) are refused.
 * @throws NetError `PACKET_TRUNCATED`, `PACKET_INVALID`, with the `offset`.
 */
export function decodeIpv6(
  packet: Uint8Array,
  { cut = false }: Pick<DecodeOptions, "cut"> = {},
): Decoded<Ipv6Header> {
  const header = readIpv6(packet, 0, cut);
  const end = Math.min(LENGTH + header.payloadLength, packet.length);
  return { header, payload: view(packet, header.headerLength, end) };
}

/**
 * The header, its extension headers, and a copy of the payload.
 * @throws NetError `ARGUMENT_INVALID`, `ADDRESS_INVALID`.
 */
export function encodeIpv6(fields: Ipv6Fields, payload: Uint8Array): Uint8Array {
  const { extensionHeaders = NO_OPTIONS } = fields;
  const protocol = uint("a protocol", fields.protocol, 8);
  const headerLength = LENGTH + ipv6ExtensionsLength(extensionHeaders);
  const packet = new Uint8Array(headerLength + payload.length);
  const trafficClass = (uint("a DSCP", fields.dscp ?? 0, 6) << 2) | uint("ECN", fields.ecn ?? 0, 2);
  writeUint32(
    packet,
    0,
    0x6000_0000 + (trafficClass << 20) + uint("a flow label", fields.flowLabel ?? 0, 20),
  );
  writeUint16(packet, 4, uint("a payload length", packet.length - LENGTH, 16));
  const [first] = extensionHeaders;
  packet[6] = first === undefined ? protocol : ipv6ExtensionNumber(first);
  packet[7] = uint("a hop limit", fields.hopLimit ?? 64, 8);
  writeIpv6Address(packet, 8, fields.source);
  writeIpv6Address(packet, 24, fields.destination);
  writeIpv6Extensions(packet, LENGTH, extensionHeaders, protocol);
  packet.set(payload, headerLength);
  return packet;
}

/** @internal The header at `start` of `bytes`, its extension headers, and the checks of its length against `bytes`. */
export function readIpv6(bytes: Uint8Array, start: number, cut: boolean): Ipv6Header {
  const available = bytes.length - start;
  if (available < LENGTH) throw truncated("an IPv6 header", LENGTH, available, start);
  const first = readUint32(bytes, start);
  if (first >>> 28 !== 6) throw invalid("version 6", first >>> 28, start);
  const payloadLength = readUint16(bytes, start + 4);
  const nextHeader = bytes[start + 6]!;
  if (payloadLength === 0 && nextHeader === 0) {
    throw invalid("a payload length above 0, for a jumbogram (RFC 2675) is not read here,", 0, start + 4);
  }
  if (payloadLength > available - LENGTH && !cut) {
    throw truncated("an IPv6 payload length", payloadLength, available - LENGTH, start + 4);
  }
  const end = start + Math.min(available, LENGTH + payloadLength);
  const chain = readIpv6Extensions(bytes, start + LENGTH, end, start + 6);
  return {
    version: 6,
    dscp: (first >>> 22) & 63,
    ecn: (first >>> 20) & 3,
    flowLabel: first & 0xfffff,
    payloadLength,
    hopLimit: bytes[start + 7]!,
    source: readIpv6Address(bytes, start + 8),
    destination: readIpv6Address(bytes, start + 24),
    extensionHeaders: chain.headers,
    protocol: chain.protocol,
    headerLength: chain.end - start,
  };
}

const LENGTH = 40;

function readIpv6Address(bytes: Uint8Array, at: number): bigint {
  return (
    (BigInt(readUint32(bytes, at)) << 96n) |
    (BigInt(readUint32(bytes, at + 4)) << 64n) |
    (BigInt(readUint32(bytes, at + 8)) << 32n) |
    BigInt(readUint32(bytes, at + 12))
  );
}

function writeIpv6Address(bytes: Uint8Array, at: number, like: AddressLike): void {
  const address = toAddress(like);
  if (typeof address === "number") {
    throw new NetError("ARGUMENT_INVALID", `Expected an IPv6 address, got ${String(like)}`);
  }
  for (let word = 0; word < 4; word++) writeUint32(bytes, at + 4 * word, wordOf(address, word));
}
