import { NetError } from "../net-error.ts";

/** The 16 bits at `at`, in network byte order, as all numbers on the wire. */
export function readUint16(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 8) | bytes[at + 1]!;
}

export function readUint32(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
}

export function writeUint16(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 8;
  bytes[at + 1] = value;
}

export function writeUint32(bytes: Uint8Array, at: number, value: number): void {
  writeUint16(bytes, at, value >>> 16);
  writeUint16(bytes, at + 2, value & 0xffff);
}

/** `value`, if it is a whole number of `bits` bits; `name` is for the message. @throws NetError `ARGUMENT_INVALID`. */
export function uint(name: string, value: number, bits: number): number {
  if (Number.isInteger(value) && value >= 0 && value < 2 ** bits) return value;
  throw new NetError("ARGUMENT_INVALID", `Expected ${name} to be from 0 to ${2 ** bits - 1}, got ${value}`);
}
