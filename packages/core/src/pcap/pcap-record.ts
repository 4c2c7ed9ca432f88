import { NetError } from "../net-error.ts";
import type { PcapHeader } from "./pcap-header.ts";

/**
 * One packet of a capture. In the file 16 bytes stand in front of its data (draft-ietf-opsawg-pcap, "Packet Record"; pcap-savefile(5)):
 *
 *     +---------------------------------------------------------------+
 *     |                   seconds since 1970-01-01 UTC                |
 *     +---------------------------------------------------------------+
 *     |            microseconds or nanoseconds of that second         |
 *     +---------------------------------------------------------------+
 *     |                        captured length                        |
 *     +---------------------------------------------------------------+
 *     |                        original length                        |
 *     +---------------------------------------------------------------+
 */
export interface PcapRecord {
  /** Nanoseconds since 1970-01-01 UTC: a bigint, for a number has no room for today's to the nanosecond. */
  timestamp: bigint;
  /** What was captured of the packet. Memory of its own. */
  data: Uint8Array;
  /** Bytes that the packet had on the wire: `data.length`, or more where the capture cut it. */
  originalLength: number;
}

export const RECORD_HEADER_LENGTH = 16;

/** How many units of a resolution make a second. */
export const PER_SECOND = { us: 1_000_000n, ns: 1_000_000_000n };

/** Nanoseconds of one unit of a resolution. */
export const NANOSECONDS = { us: 1000n, ns: 1n };

export interface RecordHeader {
  timestamp: bigint;
  capturedLength: number;
  originalLength: number;
}

/** `offset` is where these 16 bytes begin in the capture. Throws `CAPTURE_INVALID`, `CAPTURE_TOO_LARGE`. */
export function readRecordHeader(
  record: DataView,
  header: PcapHeader,
  limit: number,
  offset: number,
): RecordHeader {
  const little = header.endian === "little";
  const seconds = record.getUint32(0, little);
  const fraction = record.getUint32(4, little);
  const capturedLength = record.getUint32(8, little);
  const originalLength = record.getUint32(12, little);
  const perSecond = PER_SECOND[header.resolution];
  if (fraction >= perSecond) {
    const expected = `Expected less than ${perSecond} ${header.resolution} at byte ${offset + 4}`;
    throw new NetError("CAPTURE_INVALID", `${expected}, got ${fraction}`, { offset: offset + 4 });
  }
  if (capturedLength > originalLength) {
    const expected = `Expected at most the original length of ${originalLength} captured at byte ${offset + 8}`;
    throw new NetError("CAPTURE_INVALID", `${expected}, got ${capturedLength}`, { offset: offset + 8 });
  }
  // Not the file's own snapshot length, which is a stranger's claim too, and too small in files that tcpdump reads.
  if (capturedLength > limit) {
    const expected = `Expected a packet of at most ${limit} captured bytes at byte ${offset + 8}`;
    throw new NetError("CAPTURE_TOO_LARGE", `${expected}, got ${capturedLength}`, { offset: offset + 8 });
  }
  const nanoseconds = BigInt(fraction) * NANOSECONDS[header.resolution];
  return { timestamp: BigInt(seconds) * PER_SECOND.ns + nanoseconds, capturedLength, originalLength };
}
