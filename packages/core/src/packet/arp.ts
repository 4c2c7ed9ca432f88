import { readUint16, readUint32, uint, writeUint16, writeUint32 } from "./bytes.ts";
import type { Decoded } from "./ethernet.ts";
import { EtherType } from "./ethernet.ts";
import { ipv4Address } from "./ipv4.ts";
import { type MacAddress, readMac, toMac, writeMac } from "./mac-address.ts";
import { invalid, truncated } from "./refusal.ts";
import { view } from "../framing/view.ts";

/**
 * ARP for IPv4 over Ethernet, RFC 826:
 *
 *      0                   1                   2                   3
 *      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |       Hardware type (1)       |    Protocol type (0x0800)     |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |  HW length 6  | Proto length 4|           Operation           |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |                    Sender hardware address                    |
 *     +                               +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |                               |    Sender protocol address    |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |   Sender protocol address     |    Target hardware address    |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+                               +
 *     |                                                               |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |                    Target protocol address                    |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */
export interface ArpHeader {
  readonly kind: "arp";
  /** 1: who has the target's protocol address? 2: the sender has. */
  readonly operation: number;
  readonly senderHardwareAddress: MacAddress;
  readonly senderProtocolAddress: number;
  /** Nothing that counts, in a request. */
  readonly targetHardwareAddress: MacAddress;
  readonly targetProtocolAddress: number;
}

/** A message as one writes it: addresses may be text. */
export interface ArpFields {
  readonly operation: number;
  readonly senderHardwareAddress: MacAddress | string;
  readonly senderProtocolAddress: number | string;
  /** 0, as in a request. */
  readonly targetHardwareAddress?: MacAddress | string;
  readonly targetProtocolAddress: number | string;
}

/** {@link ArpHeader}'s `operation`. */
export const ArpOperation = { REQUEST: 1, REPLY: 2 } as const;

/**
 * Reads an ARP message. It has no payload of its own: what is behind it is padding.
 * @throws NetError `PACKET_TRUNCATED`, `PACKET_INVALID` (for other hardware or protocols, too), with the `offset`.
 */
export function decodeArp(message: Uint8Array): Decoded<ArpHeader> {
  return { header: readArp(message, 0), payload: view(message, LENGTH, LENGTH) };
}

/** @throws NetError `ARGUMENT_INVALID`, `ADDRESS_INVALID`. */
export function encodeArp(fields: ArpFields): Uint8Array {
  const message = new Uint8Array(LENGTH);
  writeUint16(message, 0, ETHERNET);
  writeUint16(message, 2, EtherType.IPV4);
  writeUint16(message, 4, ADDRESS_LENGTHS);
  writeUint16(message, 6, uint("an operation", fields.operation, 16));
  writeMac(message, 8, toMac(fields.senderHardwareAddress));
  writeUint32(message, 14, ipv4Address(fields.senderProtocolAddress));
  writeMac(message, 18, toMac(fields.targetHardwareAddress ?? 0));
  writeUint32(message, 24, ipv4Address(fields.targetProtocolAddress));
  return message;
}

/** @internal The message at `start` of `bytes`. */
export function readArp(bytes: Uint8Array, start: number): ArpHeader {
  if (bytes.length - start < LENGTH) throw truncated("an ARP message", LENGTH, bytes.length - start, start);
  expectUint16(bytes, start, "hardware type 1, Ethernet,", ETHERNET);
  expectUint16(bytes, start + 2, "protocol type 2048, IPv4,", EtherType.IPV4);
  expectUint16(bytes, start + 4, "address lengths of 6 and 4 (1540 together)", ADDRESS_LENGTHS);
  return {
    kind: "arp",
    operation: readUint16(bytes, start + 6),
    senderHardwareAddress: readMac(bytes, start + 8),
    senderProtocolAddress: readUint32(bytes, start + 14),
    targetHardwareAddress: readMac(bytes, start + 18),
    targetProtocolAddress: readUint32(bytes, start + 24),
  };
}

const LENGTH = 28;
const ETHERNET = 1;
const ADDRESS_LENGTHS = 0x0604;

function expectUint16(bytes: Uint8Array, at: number, what: string, value: number): void {
  const got = readUint16(bytes, at);
  if (got !== value) throw invalid(what, got, at);
}
