import { NetError } from "../net-error.ts";

/** An Ethernet (EUI-48) address as the number it is: 0 to 2⁴⁸ − 1, the first byte on the wire the most significant. */
export type MacAddress = number;

/** `ff:ff:ff:ff:ff:ff`: every station on the link. */
export const BROADCAST: MacAddress = 0xffff_ffff_ffff;

/** Reads six pairs of hexadecimal digits with `:` in between. @throws NetError `ADDRESS_INVALID`. */
export function parseMac(text: string): MacAddress {
  if (typeof text === "string" && /^[\da-f]{2}(?::[\da-f]{2}){5}$/i.test(text)) {
    return Number.parseInt(text.replaceAll(":", ""), 16);
  }
  const shown = typeof text === "string" ? JSON.stringify(text.slice(0, 40)) : typeof text;
  throw new NetError("ADDRESS_INVALID", `Expected six pairs such as 02:00:5e:10:00:01, got ${shown}`);
}

/** `0x02005e100001` → `"02:00:5e:10:00:01"`. @throws NetError `ARGUMENT_INVALID` for a number that is no address. */
export function formatMac(address: MacAddress): string {
  checkMac(address);
  return address
    .toString(16)
    .padStart(12, "0")
    .replaceAll(/..(?=.)/g, "$&:");
}

/** @internal A MAC address from its text or itself. */
export function toMac(address: MacAddress | string): MacAddress {
  if (typeof address === "string") return parseMac(address);
  checkMac(address);
  return address;
}

/** @internal The 48 bits at `at`. */
export function readMac(bytes: Uint8Array, at: number): MacAddress {
  const high = (bytes[at]! << 8) | bytes[at + 1]!;
  const low = (bytes[at + 2]! << 24) | (bytes[at + 3]! << 16) | (bytes[at + 4]! << 8) | bytes[at + 5]!;
  return high * 2 ** 32 + (low >>> 0);
}

/** @internal */
export function writeMac(bytes: Uint8Array, at: number, address: MacAddress): void {
  for (let byte = 0, rest = address; byte < 6; byte++, rest = Math.floor(rest / 256)) {
    bytes[at + 5 - byte] = rest % 256;
  }
}

function checkMac(address: unknown): void {
  if (Number.isInteger(address) && (address as number) >= 0 && (address as number) <= BROADCAST) return;
  throw new NetError(
    "ARGUMENT_INVALID",
    `Expected a MAC address from 0 to 2 ** 48 - 1, got ${String(address)}`,
  );
}
