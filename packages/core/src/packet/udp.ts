import { readUint16, uint, writeUint16 } from "./bytes.ts";
import { checksum, sumWords } from "./checksum.ts";
import type { Decoded } from "./ethernet.ts";
import { IpProtocol } from "./ip-protocol.ts";
import { type Addresses, pseudoHeaderSum } from "./pseudo-header.ts";
import { damaged, invalid, truncated } from "./refusal.ts";
import { NO_PSEUDO_HEADER, type TransportOptions } from "./transport-options.ts";
import { toAddress } from "../cidr/address.ts";
import { NetError } from "../net-error.ts";
import { view } from "../framing/view.ts";

/**
 * UDP header, RFC 768:
 *
 *      0      7 8     15 16    23 24    31
 *     +--------+--------+--------+--------+
 *     |     Source      |   Destination   |
 *     |      Port       |      Port       |
 *     +--------+--------+--------+--------+
 *     |     Length      |    Checksum     |
 *     +--------+--------+--------+--------+
 */
export interface UdpHeader {
  readonly kind: "udp";
  readonly sourcePort: number;
  readonly destinationPort: number;
  /** Header and payload together, in bytes, so never below 8. */
  readonly length: number;
  /** 0: the sender computed none, which only IPv4 lets it. */
  readonly checksum: number;
}

/** A header as one writes it: the length is computed, and so is the checksum. */
export interface UdpFields {
  readonly sourcePort: number;
  readonly destinationPort: number;
  /** 0 sends none, over IPv4 only; any other is passed over. */
  readonly checksum?: number;
}

/** @internal Of the header, in bytes. */
export const UDP_LENGTH = 8;

/**
 * Reads a UDP header. What is behind its length is no part of the payload.
 * @throws NetError `PACKET_TRUNCATED`, `PACKET_INVALID`, `CHECKSUM_INVALID`, with the `offset`.
 */
export function decodeUdp(datagram: Uint8Array, options: TransportOptions = {}): Decoded<UdpHeader> {
  const { addresses, cut = false } = options;
  const overIpv6 = addresses !== undefined && typeof toAddress(addresses.source) === "bigint";
  const pseudo = addresses === undefined ? NO_PSEUDO_HEADER : pseudoHeaderSum(addresses, IpProtocol.UDP, 0);
  const header = readUdp(datagram, 0, datagram.length, pseudo, overIpv6, cut);
  return { header, payload: view(datagram, UDP_LENGTH, Math.min(header.length, datagram.length)) };
}

/**
 * The header and a copy of the payload. A checksum that comes out as 0 is sent as 0xffff, the other zero of ones' complement.
 * @throws NetError `ARGUMENT_INVALID`, `ADDRESS_INVALID`.
 */
export function encodeUdp(fields: UdpFields, payload: Uint8Array, addresses: Addresses): Uint8Array {
  const datagram = new Uint8Array(UDP_LENGTH + payload.length);
  writeUint16(datagram, 0, uint("a source port", fields.sourcePort, 16));
  writeUint16(datagram, 2, uint("a destination port", fields.destinationPort, 16));
  writeUint16(datagram, 4, uint("a UDP length", datagram.length, 16));
  datagram.set(payload, UDP_LENGTH);
  const pseudo = pseudoHeaderSum(addresses, IpProtocol.UDP, datagram.length);
  if (fields.checksum !== 0) {
    writeUint16(datagram, 6, checksum(datagram, 0, datagram.length, pseudo) || 0xffff);
  } else if (typeof toAddress(addresses.source) === "bigint") {
    throw new NetError(
      "ARGUMENT_INVALID",
      "Expected a UDP checksum over IPv6 (RFC 8200 §8.1), got 0 for none",
    );
  }
  return datagram;
}

/**
 * @internal The header at `start` of `bytes`, of a datagram that may go up to `end`.
 * @param pseudo The pseudo-header's sum without the length, which is the header's own.
 */
export function readUdp(
  bytes: Uint8Array,
  start: number,
  end: number,
  pseudo: number,
  overIpv6: boolean,
  cut: boolean,
): UdpHeader {
  const available = end - start;
  if (available < UDP_LENGTH) throw truncated("a UDP header", UDP_LENGTH, available, start);
  const length = readUint16(bytes, start + 4);
  const sum = readUint16(bytes, start + 6);
  if (length < UDP_LENGTH) throw invalid(`a UDP length from ${UDP_LENGTH}`, length, start + 4);
  if (length > available && !cut) throw truncated("a UDP length", length, available, start + 4);
  if (pseudo !== NO_PSEUDO_HEADER && length <= available) {
    // RFC 8200 §8.1: over IPv6 there has to be one.
    const unchecked = sum === 0 && !overIpv6;
    if (!unchecked && (sum === 0 || sumWords(bytes, start, start + length, pseudo + length) !== 0xffff)) {
      throw damaged("a UDP datagram", sum, start + 6);
    }
  }
  return {
    kind: "udp",
    sourcePort: readUint16(bytes, start),
    destinationPort: readUint16(bytes, start + 2),
    length,
    checksum: sum,
  };
}
