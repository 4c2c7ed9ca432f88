// Mistake: believes that an address less than a block's size away from its network lies in it, on either side
// Caught by: knows which addresses lie in a block of any length
// Tell: An address below the network is a negative distance away, and that is less than any size. A block has
//   two ends: check both. Lesson: "How far a prefix reaches".

/** What went wrong, for programs: callers match on the code. */
export type CidrErrorCode = "ADDRESS_INVALID" | "CIDR_INVALID" | "ARGUMENT_INVALID";

/** The one error of this file. */
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

export type HostRule = "classic" | "aws";

/** @throws {CidrError} ADDRESS_INVALID for all but four decimal octets without leading zeros */
export function parseIPv4(text: string): number {
  const address = readAddress(text);
  if (address !== undefined) return address;
  throw new CidrError(
    "ADDRESS_INVALID",
    `Expected an address such as 192.0.2.1, got ${JSON.stringify(text)}`,
  );
}

export function formatIPv4(address: number): string {
  return [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join(".");
}

/** @throws {CidrError} CIDR_INVALID for all but a strict address, a slash and a strict length, with no bit set after the prefix */
export function parseCidr(text: string): Cidr {
  const [address = "", length = "", ...more] = text.split("/");
  const network = readAddress(address);
  const prefixLength = readDecimal(length, 32);
  if (network === undefined || prefixLength === undefined || more.length > 0) {
    throw new CidrError("CIDR_INVALID", `Expected a block such as 10.0.0.0/8, got ${JSON.stringify(text)}`);
  }
  const hostBits = network % addressCount(prefixLength);
  if (hostBits !== 0) {
    // Address or length: one of the two is a typing error, and only its author knows which.
    const block = `${formatIPv4(network - hostBits)}/${prefixLength}`;
    throw new CidrError(
      "CIDR_INVALID",
      `Expected only zeros after the prefix, as in ${block}, got "${text}"`,
    );
  }
  return { network, prefixLength };
}

export function range({ network, prefixLength }: Cidr): Range {
  return { first: network, last: network + addressCount(prefixLength) - 1 };
}

/** @throws {CidrError} ARGUMENT_INVALID for a subnet that AWS would not create */
export function usableHosts({ prefixLength }: Cidr, rule: HostRule): number {
  const count = addressCount(prefixLength);
  if (rule === "aws") {
    checkLength(prefixLength, 16, 28);
    return count - 5;
  }
  // Two ends of a link, or one host: no room for a network's and a broadcast address, and no need of them.
  return prefixLength >= 31 ? count : count - 2;
}

export function contains({ network, prefixLength }: Cidr, address: number): boolean {
  return address - network < addressCount(prefixLength);
}

export function overlaps(a: Cidr, b: Cidr): boolean {
  return contains(a, b.network) || contains(b, a.network);
}

const PRIVATE = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"].map(parseCidr);

/** RFC 1918 §3. */
export function isPrivate(address: number): boolean {
  return PRIVATE.some((block) => contains(block, address));
}

/** @throws {CidrError} ARGUMENT_INVALID unless `prefixLength` is a whole number from the block's own to 32 */
export function split(cidr: Cidr, prefixLength: number): Cidr[] {
  checkLength(prefixLength, cidr.prefixLength, 32);
  const { first, last } = range(cidr);
  const subnets: Cidr[] = [];
  for (let network = first; network <= last; network += addressCount(prefixLength)) {
    subnets.push({ network, prefixLength });
  }
  return subnets;
}

/** A power, not a shift: `1 << 31` is negative and `1 << 32` is 1. */
function addressCount(prefixLength: number): number {
  return 2 ** (32 - prefixLength);
}

function readAddress(text: string): number | undefined {
  const octets = text.split(".").map((octet) => readDecimal(octet, 255));
  if (octets.length !== 4) return undefined;
  let address = 0;
  for (const octet of octets) {
    if (octet === undefined) return undefined;
    address = address * 256 + octet;
  }
  return address;
}

/** Decimal digits without a leading zero: `Number` alone would also read "", " 8", "0x8" and "1e1". */
function readDecimal(text: string, most: number): number | undefined {
  const value = /^(0|[1-9][0-9]*)$/.test(text) ? Number(text) : NaN;
  return value <= most ? value : undefined;
}

function checkLength(prefixLength: number, least: number, most: number): void {
  if (Number.isInteger(prefixLength) && prefixLength >= least && prefixLength <= most) return;
  throw new CidrError(
    "ARGUMENT_INVALID",
    `Expected a prefix length from ${least} to ${most}, got ${prefixLength}`,
  );
}
