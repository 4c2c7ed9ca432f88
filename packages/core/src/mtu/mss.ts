import { ipLimits, optionBytes, packetRoom, payloadRoom, type IpVersion } from "./ip-limits.ts";
import { wholeNumber } from "../whole-number.ts";

/** A TCP header without options: RFC 9293, section 3.1. */
const TCP_HEADER = 20;

/**
 * What the timestamps option takes in each segment: 10 bytes and two of padding (RFC 7323, section 3.2 and appendix A).
 * Linux, macOS and Windows Server use it unless told otherwise.
 */
export const TCP_TIMESTAMPS_LENGTH = 12;

export interface MssOptionOptions {
  /** Of the interface, in bytes. */
  mtu: number;
  version: IpVersion;
}

/**
 * The value of the MSS option in a SYN: the MTU less the *fixed* headers, 1460 or 1440 over Ethernet. Options are left out
 * on purpose, for who sends them takes them off (RFC 6691, section 2; RFC 9293, section 3.7.1). It says what this host takes
 * in, and nothing of what it sends.
 *
 * Throws `ARGUMENT_INVALID` for an MTU below 68 (IPv4) or 1280 (IPv6).
 */
export function mssOption({ mtu, version }: MssOptionOptions): number {
  const limits = ipLimits(version);
  return packetRoom(mtu, limits) - limits.header - TCP_HEADER;
}

export interface EffectiveSendMssOptions {
  /** Of the path, in bytes: the smallest MTU of its links. */
  mtu: number;
  version: IpVersion;
  /** What the peer's MSS option said. Default: no option came, so 536 (IPv4) or 1220 (IPv6). */
  sendMss?: number;
  /** TCP options in each segment, padding and all, a multiple of 4 up to 40. Default 0; see `TCP_TIMESTAMPS_LENGTH`. */
  tcpOptions?: number;
  /** IPv4 options (a multiple of 4 up to 40) or IPv6 extension headers (a multiple of 8) in each packet. Default 0. */
  ipOptions?: number;
}

/**
 * The most payload that one segment carries, `Eff.snd.MSS` of RFC 9293, section 3.7.1 (MUST-16), in bytes:
 *
 *     min(SendMSS + 20, MMS_S) − TCPhdrsize − IPoptionsize
 *
 * Over Ethernet with timestamps 1448 (IPv4) or 1428 (IPv6), whatever the option said of 1460 or 1440.
 *
 * Throws `ARGUMENT_INVALID` for a value outside what `EffectiveSendMssOptions` documents, or when not one byte fits.
 */
export function effectiveSendMss(options: EffectiveSendMssOptions): number {
  const limits = ipLimits(options.version);
  const { mtu, sendMss = limits.defaultMss, tcpOptions = 0, ipOptions = 0 } = options;
  wholeNumber("sendMss", sendMss, 0, 65_535);
  optionBytes("tcpOptions", tcpOptions, 4, 40);
  optionBytes("ipOptions", ipOptions, limits.optionUnit, limits.maxOptions);
  const largestMessage = packetRoom(mtu, limits) - limits.header; // MMS_S of RFC 1122, section 3.3.3
  return payloadRoom(Math.min(sendMss + TCP_HEADER, largestMessage) - (TCP_HEADER + tcpOptions) - ipOptions);
}
