import { readUint16, readUint32, uint, writeUint16, writeUint32 } from "./bytes.ts";
import { checksum, sumWords } from "./checksum.ts";
import type { Decoded } from "./ethernet.ts";
import { IpProtocol } from "./ip-protocol.ts";
import { NO_OPTIONS } from "./header-options.ts";
import { type Addresses, pseudoHeaderSum } from "./pseudo-header.ts";
import { damaged, invalid, truncated } from "./refusal.ts";
import { readTcpOptions, type TcpOption, tcpOptionsLength, writeTcpOptions } from "./tcp-options.ts";
import { NO_PSEUDO_HEADER, type TransportOptions } from "./transport-options.ts";
import { view } from "../framing/view.ts";

/**
 * TCP header, RFC 9293 §3.1:
 *
 *      0                   1                   2                   3
 *      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |          Source Port          |       Destination Port        |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |                        Sequence Number                        |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |                    Acknowledgment Number                      |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |  Data |       |C|E|U|A|P|R|S|F|                               |
 *     | Offset| Rsrvd |W|C|R|C|S|S|Y|I|            Window             |
 *     |       |       |R|E|G|K|H|T|N|N|                               |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |           Checksum            |         Urgent Pointer        |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |                           [Options]                           |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *
 * The reserved bits are passed over, as a receiver has to.
 */
export interface TcpHeader {
  readonly kind: "tcp";
  readonly sourcePort: number;
  readonly destinationPort: number;
  /** Of the payload's first byte; in a SYN, of the SYN itself. */
  readonly sequenceNumber: number;
  /** The next sequence number the sender expects; means something only with {@link TcpFlag}'s ACK. */
  readonly acknowledgmentNumber: number;
  /** In 32-bit words: 5 to 15. */
  readonly dataOffset: number;
  /** The eight control bits; `(flags & TcpFlag.SYN) !== 0` asks for one. */
  readonly flags: number;
  /** As it stands there; but for SYNs, shifted left by what the peer's window-scale option said. */
  readonly window: number;
  readonly checksum: number;
  readonly urgentPointer: number;
  readonly options: readonly TcpOption[];
}

/** A header as one writes it: data offset and checksum are computed. */
export interface TcpFields {
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly flags: number;
  /** 0, as all below. */
  readonly sequenceNumber?: number;
  readonly acknowledgmentNumber?: number;
  /** 65535. */
  readonly window?: number;
  readonly urgentPointer?: number;
  /** None. They are padded to a multiple of 4 with zeros, which end the list. */
  readonly options?: readonly TcpOption[];
}

/** The control bits, as {@link TcpHeader}'s `flags` has them. */
export const TcpFlag = {
  FIN: 1,
  SYN: 2,
  RST: 4,
  PSH: 8,
  ACK: 16,
  URG: 32,
  ECE: 64,
  CWR: 128,
} as const;

/**
 * Reads a TCP header with its options. The payload is all the rest: TCP has no length of its own, IP's ends the segment.
 * @throws NetError `PACKET_TRUNCATED`, `PACKET_INVALID`, `CHECKSUM_INVALID`, with the `offset`.
 */
export function decodeTcp(segment: Uint8Array, options: TransportOptions = {}): Decoded<TcpHeader> {
  const { addresses, cut = false } = options;
  const verify = addresses !== undefined && !cut;
  const pseudo = verify ? pseudoHeaderSum(addresses, IpProtocol.TCP, segment.length) : NO_PSEUDO_HEADER;
  const header = readTcp(segment, 0, segment.length, pseudo);
  return { header, payload: view(segment, header.dataOffset * 4, segment.length) };
}

/**
 * The header and a copy of the payload.
 * @throws NetError `ARGUMENT_INVALID`, `ADDRESS_INVALID`.
 */
export function encodeTcp(fields: TcpFields, payload: Uint8Array, addresses: Addresses): Uint8Array {
  const { options = NO_OPTIONS } = fields;
  const headerLength = MINIMUM_LENGTH + tcpOptionsLength(options);
  const segment = new Uint8Array(headerLength + payload.length);
  writeUint16(segment, 0, uint("a source port", fields.sourcePort, 16));
  writeUint16(segment, 2, uint("a destination port", fields.destinationPort, 16));
  writeUint32(segment, 4, uint("a sequence number", fields.sequenceNumber ?? 0, 32));
  writeUint32(segment, 8, uint("an acknowledgment number", fields.acknowledgmentNumber ?? 0, 32));
  segment[12] = headerLength << 2;
  segment[13] = uint("flags", fields.flags, 8);
  writeUint16(segment, 14, uint("a window", fields.window ?? 65_535, 16));
  writeUint16(segment, 18, uint("an urgent pointer", fields.urgentPointer ?? 0, 16));
  writeTcpOptions(segment, MINIMUM_LENGTH, options);
  segment.set(payload, headerLength);
  const pseudo = pseudoHeaderSum(addresses, IpProtocol.TCP, segment.length);
  writeUint16(segment, 16, checksum(segment, 0, segment.length, pseudo));
  return segment;
}

/** @internal The header at `start` of `bytes`, of a segment that ends at `end`. */
export function readTcp(bytes: Uint8Array, start: number, end: number, pseudo: number): TcpHeader {
  const available = end - start;
  if (available < MINIMUM_LENGTH) throw truncated("a TCP header", MINIMUM_LENGTH, available, start);
  const dataOffset = bytes[start + 12]! >>> 4;
  if (dataOffset < 5) throw invalid("a data offset from 5", dataOffset, start + 12);
  const headerLength = dataOffset * 4;
  if (available < headerLength) throw truncated("a TCP header", headerLength, available, start);
  const sum = readUint16(bytes, start + 16);
  if (pseudo !== NO_PSEUDO_HEADER && sumWords(bytes, start, end, pseudo) !== 0xffff) {
    throw damaged("a TCP segment", sum, start + 16);
  }
  return {
    kind: "tcp",
    sourcePort: readUint16(bytes, start),
    destinationPort: readUint16(bytes, start + 2),
    sequenceNumber: readUint32(bytes, start + 4),
    acknowledgmentNumber: readUint32(bytes, start + 8),
    dataOffset,
    flags: bytes[start + 13]!,
    window: readUint16(bytes, start + 14),
    checksum: sum,
    urgentPointer: readUint16(bytes, start + 18),
    options:
      dataOffset === 5 ? NO_OPTIONS : readTcpOptions(bytes, start + MINIMUM_LENGTH, start + headerLength),
  };
}

const MINIMUM_LENGTH = 20;
