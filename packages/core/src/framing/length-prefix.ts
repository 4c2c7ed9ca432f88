import { NetError } from "../net-error.ts";

/** How a frame's length is written in front of it. Both ends of a connection must agree on every field. */
export interface LengthPrefixOptions {
  /**
   * Bytes of the prefix, or `"varint"`: base-128, least significant group first, at most 5 bytes, as Protocol Buffers
   * writes a length (https://protobuf.dev/programming-guides/encoding/#varints). Default 4.
   */
  prefix?: 1 | 2 | 4 | "varint";
  /** Order of the prefix's bytes; a varint has only one. Default `"big"`, network byte order (RFC 1700, Data Notations). */
  endian?: "big" | "little";
  /** The written length counts the prefix too, as in PostgreSQL's messages and IPv4's total length. Default false. */
  countsItself?: boolean;
  /** Longest payload in bytes, prefix not counted. Default 1 MiB (`DEFAULT_MAX_FRAME_LENGTH`). */
  maxFrameLength?: number;
}

/** 1 MiB: the longest payload in bytes that is sent or believed unless you say otherwise. */
export const DEFAULT_MAX_FRAME_LENGTH = 1_048_576;

/** A varint of 5 bytes carries 35 bits: more than any frame here may have. */
export const MAX_VARINT_LENGTH = 5;

/** The options, checked and with the defaults filled in. */
export type LengthPrefix = Required<LengthPrefixOptions>;

/** Fills in the defaults. Throws `ARGUMENT_INVALID` for a value outside what `LengthPrefixOptions` documents. */
export function lengthPrefix(options: LengthPrefixOptions = {}): LengthPrefix {
  const { prefix = 4, endian = "big", countsItself = false, maxFrameLength } = options;
  if (prefix !== 1 && prefix !== 2 && prefix !== 4 && prefix !== "varint") {
    throw new NetError("ARGUMENT_INVALID", `Expected a prefix of 1, 2, 4 or "varint", got ${String(prefix)}`);
  }
  if (endian !== "big" && endian !== "little") {
    throw new NetError("ARGUMENT_INVALID", `Expected endian "big" or "little", got ${String(endian)}`);
  }
  return { prefix, endian, countsItself, maxFrameLength: frameLimit(maxFrameLength) };
}

/** The limit or its default. Throws `ARGUMENT_INVALID` unless it is a whole number from 0 to 2³² − 1. */
export function frameLimit(maxFrameLength: number = DEFAULT_MAX_FRAME_LENGTH): number {
  if (!Number.isInteger(maxFrameLength) || maxFrameLength < 0 || maxFrameLength > 0xffff_ffff) {
    throw new NetError(
      "ARGUMENT_INVALID",
      `Expected maxFrameLength to be a whole number of bytes from 0 to 4294967295, got ${String(maxFrameLength)}`,
    );
  }
  return maxFrameLength;
}
