import { readUint16, readUint32, uint, writeUint16, writeUint32 } from "./bytes.ts";
import { checksum } from "./checksum.ts";
import type { DecodeOptions } from "./decode-options.ts";
import type { Decoded } from "./ethernet.ts";
import { echoWord, ICMP_LENGTH, type IcmpEcho, readEcho } from "./icmp-echo.ts";
import { damaged, truncated } from "./refusal.ts";
import { view } from "../framing/view.ts";

/**
 * ICMP header, RFC 792:
 *
 *      0                   1                   2                   3
 *      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |     Type      |     Code      |          Checksum             |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |           Identifier          |        Sequence Number        |  echo
 *     |             unused            |         Next-Hop MTU          |  fragmentation needed (RFC 1191 §4)
 *     |                             unused                            |  other unreachable, time exceeded
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *
 * The payload is an echo's data, or what an error quotes: the IPv4 header and at least 8 bytes of the datagram that it is
 * about. Read it with `decodeIpv4(payload, { cut: true })`.
 */
export interface IcmpHeader {
  readonly kind: "icmp";
  readonly type: number;
  readonly code: number;
  readonly checksum: number;
  readonly body: IcmpBody;
}

/** The second word, by type. Unused bits are passed over. */
export type IcmpBody =
  /** Types 8, request, and 0, reply. */
  | IcmpEcho
  /** Type 3, code 4: too large for the next link, and DF is set. 0 from routers older than RFC 1191. */
  | { readonly kind: "fragmentation-needed"; readonly nextHopMtu: number }
  /** Type 3, other codes: 0 net, 1 host, 3 port (nobody listens), 13 prohibited, … */
  | { readonly kind: "unreachable" }
  /** Type 11: code 0 the TTL came to 0 (traceroute lives on it), code 1 fragments did not all come in time. */
  | { readonly kind: "time-exceeded" }
  /** Any other type: the word as it is. */
  | { readonly kind: "other"; readonly word: number };

/** A message as one writes it: the checksum is computed. `body` decides of the second word only, not of the type. */
export type IcmpFields = Pick<IcmpHeader, "type" | "body"> & { readonly code?: number };

/** Types of RFC 792 that are decoded here. */
export const IcmpType = { ECHO_REPLY: 0, UNREACHABLE: 3, ECHO_REQUEST: 8, TIME_EXCEEDED: 11 } as const;

/**
 * Reads an ICMP header.
 * @throws NetError `PACKET_TRUNCATED`, `CHECKSUM_INVALID`, with the `offset`.
 */
export function decodeIcmp(
  message: Uint8Array,
  { verifyChecksums = true, cut = false }: DecodeOptions = {},
): Decoded<IcmpHeader> {
  const header = readIcmp(message, 0, message.length, verifyChecksums && !cut);
  return { header, payload: view(message, ICMP_LENGTH, message.length) };
}

/** The header and a copy of the payload. @throws NetError `ARGUMENT_INVALID`. */
export function encodeIcmp(fields: IcmpFields, payload: Uint8Array): Uint8Array {
  const message = new Uint8Array(ICMP_LENGTH + payload.length);
  message[0] = uint("a type", fields.type, 8);
  message[1] = uint("a code", fields.code ?? 0, 8);
  writeUint32(message, 4, wordOf(fields.body));
  message.set(payload, ICMP_LENGTH);
  writeUint16(message, 2, checksum(message));
  return message;
}

/** @internal The header at `start` of `bytes`, of a message that ends at `end`. */
export function readIcmp(bytes: Uint8Array, start: number, end: number, verify: boolean): IcmpHeader {
  // RFC 792 has no message without the second word.
  if (end - start < ICMP_LENGTH) throw truncated("an ICMP header", ICMP_LENGTH, end - start, start);
  const sum = readUint16(bytes, start + 2);
  if (verify && checksum(bytes, start, end) !== 0) throw damaged("an ICMP message", sum, start + 2);
  const type = bytes[start]!;
  const code = bytes[start + 1]!;
  return { kind: "icmp", type, code, checksum: sum, body: readBody(bytes, start + 4, type, code) };
}

const FRAGMENTATION_NEEDED = 4;

function readBody(bytes: Uint8Array, at: number, type: number, code: number): IcmpBody {
  switch (type) {
    case IcmpType.ECHO_REQUEST:
    case IcmpType.ECHO_REPLY:
      return readEcho(bytes, at);
    case IcmpType.UNREACHABLE:
      if (code !== FRAGMENTATION_NEEDED) return { kind: "unreachable" };
      return { kind: "fragmentation-needed", nextHopMtu: readUint16(bytes, at + 2) };
    case IcmpType.TIME_EXCEEDED:
      return { kind: "time-exceeded" };
    default:
      return { kind: "other", word: readUint32(bytes, at) };
  }
}

function wordOf(body: IcmpBody): number {
  switch (body.kind) {
    case "echo":
      return echoWord(body);
    case "fragmentation-needed":
      return uint("a next-hop MTU", body.nextHopMtu, 16);
    case "other":
      return uint("a word", body.word, 32);
    case "unreachable":
    case "time-exceeded":
      break;
  }
  return 0;
}
