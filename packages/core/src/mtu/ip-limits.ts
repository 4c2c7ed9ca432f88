import { NetError } from "../net-error.ts";
import { wholeNumber } from "../whole-number.ts";

export type IpVersion = 4 | 6;

/** What a version of IP fixes, in bytes. */
export interface IpLimits {
  /** The fixed header: RFC 791, section 3.1, without options; RFC 8200, section 3. */
  header: number;
  /** What every link must carry: RFC 791, section 3.2; RFC 8200, section 5. */
  minMtu: number;
  /** Longest packet, however large the MTU: the length field has 16 bits, and in IPv6 it leaves the header out. */
  maxPacket: number;
  /** The MSS to assume of a peer that sends no option: RFC 9293, section 3.7.1 (MUST-15). */
  defaultMss: number;
  /** IPv4 options fill words of 4 bytes, IPv6 extension headers of 8. */
  optionUnit: number;
  /** Most bytes of options; extension headers may fill the packet. */
  maxOptions: number;
}

const LIMITS: Record<IpVersion, IpLimits> = {
  4: { header: 20, minMtu: 68, maxPacket: 65_535, defaultMss: 536, optionUnit: 4, maxOptions: 40 },
  6: { header: 40, minMtu: 1280, maxPacket: 65_575, defaultMss: 1220, optionUnit: 8, maxOptions: 65_512 },
};

/** Throws `ARGUMENT_INVALID` unless 4 or 6. */
export function ipLimits(version: IpVersion): IpLimits {
  if (version === 4 || version === 6) return LIMITS[version];
  throw new NetError("ARGUMENT_INVALID", `Expected IP version 4 or 6, got ${String(version)}`);
}

/** The longest packet that fits. Throws `ARGUMENT_INVALID` for an MTU below what every link must carry. */
export function packetRoom(mtu: number, { minMtu, maxPacket }: IpLimits): number {
  return Math.min(wholeNumber("mtu", mtu, minMtu, 0xffff_ffff), maxPacket);
}

/** Throws `ARGUMENT_INVALID` unless whole words of options, and not more than a header holds. */
export function optionBytes(name: string, length: number, unit: number, most: number): number {
  wholeNumber(name, length, 0, most);
  if (length % unit === 0) return length;
  throw new NetError("ARGUMENT_INVALID", `Expected ${name} to be a multiple of ${unit} bytes, got ${length}`);
}

/** Throws `ARGUMENT_INVALID` when options leave less than one byte. */
export function payloadRoom(room: number): number {
  if (room >= 1) return room;
  throw new NetError("ARGUMENT_INVALID", `Expected room for a payload of at least 1 byte, got ${room}`);
}
