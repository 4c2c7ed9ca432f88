import { readUint16, uint } from "./bytes.ts";

/** The second word of an echo and of its reply: the same in ICMP (RFC 792) and in ICMPv6 (RFC 4443 §4.1, §4.2). */
export interface IcmpEcho {
  readonly kind: "echo";
  readonly identifier: number;
  readonly sequenceNumber: number;
}

/** Both have a second word in every message that is decoded here, and so a header of 8 bytes. */
export const ICMP_LENGTH = 8;

export function readEcho(bytes: Uint8Array, at: number): IcmpEcho {
  return { kind: "echo", identifier: readUint16(bytes, at), sequenceNumber: readUint16(bytes, at + 2) };
}

/** @throws NetError `ARGUMENT_INVALID`. */
export function echoWord({ identifier, sequenceNumber }: IcmpEcho): number {
  return uint("an identifier", identifier, 16) * 0x10000 + uint("a sequence number", sequenceNumber, 16);
}
