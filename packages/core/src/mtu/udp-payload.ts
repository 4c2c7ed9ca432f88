import { ipLimits, optionBytes, packetRoom, payloadRoom, type IpVersion } from "./ip-limits.ts";

/** RFC 768. */
const UDP_HEADER = 8;

export interface UdpPayloadOptions {
  /** Of the path, in bytes. Default: none, so the most that a datagram can hold in however many fragments. */
  mtu?: number;
  version: IpVersion;
  /** IPv4 options (a multiple of 4 up to 40) or IPv6 extension headers (a multiple of 8) in each packet. Default 0. */
  ipOptions?: number;
}

/**
 * The most payload of a UDP datagram that fits into one packet, in bytes: 1472 (IPv4) or 1452 (IPv6) over Ethernet. Without
 * an MTU 65,507 or 65,527, where the 16-bit length fields end (RFC 768; RFC 791; RFC 8200, section 3).
 *
 * Throws `ARGUMENT_INVALID` for a value outside what `UdpPayloadOptions` documents, or when not one byte fits.
 */
export function udpPayload({ mtu, version, ipOptions = 0 }: UdpPayloadOptions): number {
  const limits = ipLimits(version);
  optionBytes("ipOptions", ipOptions, limits.optionUnit, limits.maxOptions);
  const packet = packetRoom(mtu ?? limits.maxPacket, limits);
  return payloadRoom(packet - limits.header - ipOptions - UDP_HEADER);
}
