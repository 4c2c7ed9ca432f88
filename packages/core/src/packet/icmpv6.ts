import { readUint16, readUint32, uint, writeUint16, writeUint32 } from "./bytes.ts";
import { checksum, sumWords } from "./checksum.ts";
import type { Decoded } from "./ethernet.ts";
import { echoWord, ICMP_LENGTH, type IcmpEcho, readEcho } from "./icmp-echo.ts";
import { IpProtocol } from "./ip-protocol.ts";
import { type Addresses, pseudoHeaderSum } from "./pseudo-header.ts";
import { damaged, truncated } from "./refusal.ts";
import { NO_PSEUDO_HEADER, type TransportOptions } from "./transport-options.ts";
import { toAddress } from "../cidr/address.ts";
import { NetError } from "../net-error.ts";
import { view } from "../framing/view.ts";

/**
 * ICMPv6 header, RFC 4443 §2.1, and the word that follows in all messages of that RFC:
 *
 *      0                   1                   2                   3
 *      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |     Type      |     Code      |          Checksum             |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |           Identifier          |        Sequence Number        |  echo
 *     |                              MTU                              |  packet too big
 *     |                             unused                            |  unreachable, time exceeded
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *
 * Unlike ICMP's, its checksum covers a pseudo-header. The payload is an echo's data, or as much as fits of the packet that an
 * error is about: read it with `decodeIpv6(payload, { cut: true })`.
 */
export interface Icmpv6Header {
  readonly kind: "icmpv6";
  readonly type: number;
  readonly code: number;
  readonly checksum: number;
  readonly body: Icmpv6Body;
}

/** The second word, by type. Unused bits are passed over. */
export type Icmpv6Body =
  /** Types 128, request, and 129, reply. */
  | IcmpEcho
  /** Type 2: the packet does not fit the next link, whose MTU this is, in bytes. */
  | { readonly kind: "packet-too-big"; readonly mtu: number }
  /** Type 1: code 0 no route, 1 prohibited, 3 address, 4 port (nobody listens), … */
  | { readonly kind: "unreachable" }
  /** Type 3: code 0 the hop limit came to 0, code 1 fragments did not all come in time. */
  | { readonly kind: "time-exceeded" }
  /** Any other type: the word as it is. */
  | { readonly kind: "other"; readonly word: number };

/** A message as one writes it: the checksum is computed. `body` decides of the second word only, not of the type. */
export type Icmpv6Fields = Pick<Icmpv6Header, "type" | "body"> & { readonly code?: number };

/** Types of RFC 4443 that are decoded here. */
export const Icmpv6Type = {
  UNREACHABLE: 1,
  PACKET_TOO_BIG: 2,
  TIME_EXCEEDED: 3,
  ECHO_REQUEST: 128,
  ECHO_REPLY: 129,
} as const;

/**
 * Reads an ICMPv6 header.
 * @throws NetError `PACKET_TRUNCATED`, `CHECKSUM_INVALID`, with the `offset`; `ARGUMENT_INVALID` for addresses of IPv4.
 */
export function decodeIcmpv6(message: Uint8Array, options: TransportOptions = {}): Decoded<Icmpv6Header> {
  const { addresses, cut = false } = options;
  const verify = addresses !== undefined && !cut;
  const pseudo = verify ? pseudoSum(addresses, message.length) : NO_PSEUDO_HEADER;
  const header = readIcmpv6(message, 0, message.length, pseudo);
  return { header, payload: view(message, ICMP_LENGTH, message.length) };
}

/** The header and a copy of the payload. @throws NetError `ARGUMENT_INVALID`, `ADDRESS_INVALID`. */
export function encodeIcmpv6(fields: Icmpv6Fields, payload: Uint8Array, addresses: Addresses): Uint8Array {
  const message = new Uint8Array(ICMP_LENGTH + payload.length);
  message[0] = uint("a type", fields.type, 8);
  message[1] = uint("a code", fields.code ?? 0, 8);
  writeUint32(message, 4, wordOf(fields.body));
  message.set(payload, ICMP_LENGTH);
  const pseudo = pseudoSum(addresses, message.length);
  writeUint16(message, 2, checksum(message, 0, message.length, pseudo));
  return message;
}

/** @internal The header at `start` of `bytes`, of a message that ends at `end`. */
export function readIcmpv6(bytes: Uint8Array, start: number, end: number, pseudo: number): Icmpv6Header {
  if (end - start < ICMP_LENGTH) throw truncated("an ICMPv6 header", ICMP_LENGTH, end - start, start);
  const sum = readUint16(bytes, start + 2);
  if (pseudo !== NO_PSEUDO_HEADER && sumWords(bytes, start, end, pseudo) !== 0xffff) {
    throw damaged("an ICMPv6 message", sum, start + 2);
  }
  const type = bytes[start]!;
  return {
    kind: "icmpv6",
    type,
    code: bytes[start + 1]!,
    checksum: sum,
    body: readBody(bytes, start + 4, type),
  };
}

function pseudoSum(addresses: Addresses, length: number): number {
  if (typeof toAddress(addresses.source) === "bigint") {
    return pseudoHeaderSum(addresses, IpProtocol.ICMPV6, length);
  }
  throw new NetError(
    "ARGUMENT_INVALID",
    `Expected addresses of IPv6, got ${String(addresses.source)}: over IPv4 there is ICMP`,
  );
}

function readBody(bytes: Uint8Array, at: number, type: number): Icmpv6Body {
  switch (type) {
    case Icmpv6Type.ECHO_REQUEST:
    case Icmpv6Type.ECHO_REPLY:
      return readEcho(bytes, at);
    case Icmpv6Type.PACKET_TOO_BIG:
      return { kind: "packet-too-big", mtu: readUint32(bytes, at) };
    case Icmpv6Type.UNREACHABLE:
      return { kind: "unreachable" };
    case Icmpv6Type.TIME_EXCEEDED:
      return { kind: "time-exceeded" };
    default:
      return { kind: "other", word: readUint32(bytes, at) };
  }
}

function wordOf(body: Icmpv6Body): number {
  switch (body.kind) {
    case "echo":
      return echoWord(body);
    case "packet-too-big":
      return uint("an MTU", body.mtu, 32);
    case "other":
      return uint("a word", body.word, 32);
    case "unreachable":
    case "time-exceeded":
      break;
  }
  return 0;
}
