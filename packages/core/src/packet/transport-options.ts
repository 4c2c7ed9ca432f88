import type { Addresses } from "./pseudo-header.ts";

/** What a transport header's own bytes do not tell. */
export interface TransportOptions {
  /** With them the checksum is verified; without, it cannot be, since it covers the addresses of the IP header. */
  readonly addresses?: Addresses;
  /** The bytes may end before the packet does: a length beyond them is not refused, a checksum over more is not verified. False. */
  readonly cut?: boolean;
}

/** For a pseudo-header's sum: there is none, do not verify. */
export const NO_PSEUDO_HEADER = -1;
