/** Bytes in front of the payload. */
export const HEADER_LENGTH = 12;
/** Longest payload of a UDP datagram over IPv4, in bytes: 65,535 less 20 of IPv4 and 8 of UDP (udp(7): EMSGSIZE above). */
export const MAX_DATAGRAM_LENGTH_IPV4 = 65_507;
/** The same over IPv6: the payload length counts UDP's 8 bytes, but not the IPv6 header (RFC 8200, section 3). */
export const MAX_DATAGRAM_LENGTH_IPV6 = 65_527;

const MAGIC = 0x7565;
const VERSION = 1;
const KINDS = ["request", "reply"] as const;

/** Who is to act on a message. A server answers requests only, so two servers can never keep each other busy. */
export type MessageKind = (typeof KINDS)[number];

/**
 * What one datagram says:
 *
 *      0                   1                   2                   3
 *      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |         magic 0x7565          |  version = 1  |     kind      |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |                                                               |
 *     +                          request id                           +
 *     |                                                               |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |                          payload  …
 *     +-+-+-+-+-+-+-+-+-+-+-+-
 *
 * In network byte order. There is no length: the datagram's own (RFC 768) is enough.
 */
export interface Message {
  /** 0 on the wire for a request, 1 for a reply. */
  kind: MessageKind;
  /** Chosen by the client, the same in every retry and in the reply; 64 bits. */
  id: bigint;
  payload: Uint8Array;
}

/** The datagram of a message, in memory of its own. */
export function encodeMessage({ kind, id, payload }: Message): Uint8Array {
  const datagram = new Uint8Array(HEADER_LENGTH + payload.length);
  const header = new DataView(datagram.buffer);
  header.setUint16(0, MAGIC);
  header.setUint8(2, VERSION);
  header.setUint8(3, KINDS.indexOf(kind));
  header.setBigUint64(4, id);
  datagram.set(payload, HEADER_LENGTH);
  return datagram;
}

/** The message in a datagram, its payload a view; undefined for anything else, which on an open port is nothing unusual. */
export function decodeMessage(datagram: Uint8Array): Message | undefined {
  if (datagram.length < HEADER_LENGTH) return undefined;
  const header = new DataView(datagram.buffer, datagram.byteOffset, HEADER_LENGTH);
  const kind = KINDS[header.getUint8(3)];
  if (header.getUint16(0) !== MAGIC || header.getUint8(2) !== VERSION || !kind) return undefined;
  const payload = new Uint8Array(
    datagram.buffer,
    datagram.byteOffset + HEADER_LENGTH,
    datagram.length - HEADER_LENGTH,
  );
  return { kind, id: header.getBigUint64(4), payload };
}
