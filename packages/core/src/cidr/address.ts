import { NetError } from "../net-error.ts";
import { formatIpv4, scanIpv4, scannedIpv4 } from "./ipv4.ts";
import { formatIpv6, scanIpv6, scannedIpv6 } from "./ipv6.ts";
import { addressRefusal } from "./refusal.ts";

/**
 * An IP address as the number it is: IPv4 a `number` from 0 to 2³² − 1, IPv6 a `bigint` from 0 to 2¹²⁸ − 1.
 * The type tells the family, and `<` and `===` compare within one.
 */
export type Address = number | bigint;

/** An address, or its text in the strict spelling of {@link parseAddress}. */
export type AddressLike = Address | string;

/**
 * Reads an address in the one strict spelling: four decimal octets without leading zeros (RFC 6943 §3.1.1 tells why), or
 * any form of RFC 4291 §2.2. No short forms, no zone id, no brackets, no port.
 * @throws NetError `ADDRESS_INVALID`, with the reason.
 */
export function parseAddress(text: string): Address {
  if (typeof text !== "string") throw refused(text);
  if (scanIpv4(text, 0, text.length)) return scannedIpv4();
  if (scanIpv6(text, 0, text.length)) return scannedIpv6();
  throw refused(text);
}

/** The canonical spelling: dotted decimal, or RFC 5952. @throws NetError `ARGUMENT_INVALID` for a number that is no address. */
export function formatAddress(address: Address): string {
  checkAddress(address);
  return typeof address === "number" ? formatIpv4(address) : formatIpv6(address);
}

/** Bits in an address of this family: 32 or 128. */
export function addressBits(address: Address): 32 | 128 {
  return typeof address === "number" ? 32 : 128;
}

/**
 * The IPv4 address inside an IPv4-mapped one (`::ffff:1.2.3.4`, RFC 4291 §2.5.5.2), any other address as it is.
 * A dual-stack socket reports its IPv4 peers mapped: unmap them before asking an IPv4 rule about them.
 */
export function unmapAddress(address: Address): Address {
  return typeof address === "bigint" && address >> 32n === 0xffffn ? Number(address & 0xffffffffn) : address;
}

/** @internal An address from its text or itself. */
export function toAddress(address: AddressLike): Address {
  if (typeof address === "string") return parseAddress(address);
  checkAddress(address);
  return address;
}

function checkAddress(address: Address): void {
  if (typeof address === "number" ? address >>> 0 === address : isIpv6(address)) return;
  throw new NetError(
    "ARGUMENT_INVALID",
    `Expected an IPv4 address from 0 to 4294967295 or an IPv6 address from 0n to 2n ** 128n - 1n, got ${String(address)}`,
  );
}

function isIpv6(address: unknown): boolean {
  return typeof address === "bigint" && address >= 0n && address >> 128n === 0n;
}

function refused(text: unknown): NetError {
  return new NetError("ADDRESS_INVALID", addressRefusal(text));
}
