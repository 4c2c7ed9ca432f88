/** What went wrong, for programs: callers match on the code. */
export type CidrErrorCode =
  /** {@link parseIPv4}: the text is not an address in the one strict spelling. */
  | "ADDRESS_INVALID"
  /** {@link parseCidr}: the text is not a block in the one strict spelling, whichever part of it is wrong. */
  | "CIDR_INVALID"
  /** {@link usableHosts}, {@link split}: a prefix length that this cloud or this block does not have. */
  | "ARGUMENT_INVALID";

/** The one error of this file. The message is for people: say what was expected and what came. */
export class CidrError extends Error {
  override readonly name = "CidrError";
  readonly code: CidrErrorCode;

  constructor(code: CidrErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** The addresses that share their first `prefixLength` bits. RFC 4632 §3.1. */
export interface Cidr {
  /** The lowest of them, from 0 to 2³² − 1: all bits after the prefix are zero. */
  readonly network: number;
  /** From 0 to 32. */
  readonly prefixLength: number;
}

/** The lowest and the highest address of a block, both inside it. */
export interface Range {
  readonly first: number;
  readonly last: number;
}

/** Who takes addresses out of a subnet: IPv4 itself, or the cloud it lies in as well. */
export type HostRule = "classic" | "aws";

/**
 * Reads `"10.0.0.1"` as 167772161: four decimal octets from 0 to 255, no leading zeros, nothing before, between or
 * behind them (RFC 3986 §3.2.2, `dec-octet`).
 *
 * @returns a whole number from 0 to 2³² − 1, never a negative one
 * @throws {CidrError} ADDRESS_INVALID for every other text
 */
export function parseIPv4(text: string): number {
  // TODO: four octets, one number. Which operators keep it positive from 128.0.0.0 on?
  throw new Error("not implemented");
}

/** Spells a whole number from 0 to 2³² − 1 as an address: 167772161 is `"10.0.0.1"`. */
export function formatIPv4(address: number): string {
  // TODO: the way back.
  throw new Error("not implemented");
}

/**
 * Reads `"10.0.0.0/8"`: an address as {@link parseIPv4} reads it, a slash, and a prefix length from 0 to 32 in decimal
 * digits without leading zeros. Every bit after the prefix must be zero.
 *
 * @throws {CidrError} CIDR_INVALID for every other text, also where only its address is wrong
 */
export function parseCidr(text: string): Cidr {
  // TODO: two parts, and the bits behind the prefix.
  throw new Error("not implemented");
}

/** The first and the last address of a block. */
export function range(cidr: Cidr): Range {
  // TODO: how many addresses does a prefix of this length leave? Try 0 and 1 by hand.
  throw new Error("not implemented");
}

/**
 * How many hosts a subnet can number.
 *
 * - `classic`: all addresses but the lowest and the highest (RFC 1122 §3.2.1.3); both of a /31 (RFC 3021 §2.1), and the
 *   one of a /32.
 * - `aws`: all addresses but the first four and the last. A subnet there is a /16, a /28 or a size between.
 *
 * @throws {CidrError} ARGUMENT_INVALID for a subnet that AWS would not create
 */
export function usableHosts(cidr: Cidr, rule: HostRule): number {
  // TODO: which sizes are the exceptions?
  throw new Error("not implemented");
}

/** Whether an address lies in a block. It costs the same for a /8 as for a /30. */
export function contains(cidr: Cidr, address: number): boolean {
  // TODO: compare numbers, not text.
  throw new Error("not implemented");
}

/** Whether two blocks have any address in common, whichever of them is the larger. */
export function overlaps(a: Cidr, b: Cidr): boolean {
  // TODO: draw both on a line first.
  throw new Error("not implemented");
}

/** Whether an address is one of RFC 1918 §3: 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16. */
export function isPrivate(address: number): boolean {
  // TODO: three blocks. Where does the second one end?
  throw new Error("not implemented");
}

/**
 * All blocks of `prefixLength` that fill `cidr`, lowest first. A block split by its own length is itself.
 *
 * @throws {CidrError} ARGUMENT_INVALID unless `prefixLength` is a whole number from the block's own to 32
 */
export function split(cidr: Cidr, prefixLength: number): Cidr[] {
  // TODO: start at the network; how far is it to the next one?
  throw new Error("not implemented");
}
