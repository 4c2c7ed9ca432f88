import { NetError } from "../net-error.ts";

/** There are fewer bytes than a header, or than a length in one, says; `offset` is where that header, or that length, stands. */
export function truncated(what: string, needed: number, got: number, offset: number): NetError {
  return new NetError(
    "PACKET_TRUNCATED",
    `Expected ${what} of ${needed} bytes at byte ${offset}, got ${got}`,
    {
      offset,
    },
  );
}

/** A field has a value that no sender can mean; `offset` is the field's. */
export function invalid(expected: string, got: number | string, offset: number): NetError {
  return new NetError("PACKET_INVALID", `Expected ${expected} at byte ${offset}, got ${got}`, { offset });
}

/** A checksum does not fit the bytes; `offset` is the checksum's. */
export function damaged(what: string, got: number, offset: number): NetError {
  const shown = `0x${got.toString(16).padStart(4, "0")}`;
  return new NetError(
    "CHECKSUM_INVALID",
    `Expected the checksum of ${what} to fit its bytes, got ${shown} at byte ${offset}`,
    {
      offset,
    },
  );
}
