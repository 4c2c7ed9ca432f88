import { NetError } from "../net-error.ts";
import {
  DEFAULT_SNAP_LENGTH,
  FIELDS_LENGTH,
  MAGIC,
  MAGIC_LENGTH,
  type PcapHeader,
  type PcapResolution,
} from "./pcap-header.ts";
import { NANOSECONDS, PER_SECOND, RECORD_HEADER_LENGTH, type PcapRecord } from "./pcap-record.ts";
import { wholeNumber } from "../whole-number.ts";

export interface PcapEncoderOptions {
  /** What the first byte of each packet belongs to, 0 to 65535; see `LINKTYPE`. Default 1, Ethernet. */
  linkType?: number;
  /** Default `"us"`, which every reader knows. */
  resolution?: PcapResolution;
  /** Keep at most so many bytes of each packet, from 1. Default 262,144 (`DEFAULT_SNAP_LENGTH`), the most as well. */
  snapLength?: number;
  /** Order of the header fields' bytes. Default `"little"`, what tcpdump writes on the usual machines. */
  endian?: "big" | "little";
}

/** A packet to be written. Without `originalLength`, the whole packet is `data`. */
export type PcapPacket = Omit<PcapRecord, "originalLength"> & Partial<Pick<PcapRecord, "originalLength">>;

/** A whole capture in memory: its header, then each packet. Throws as `PcapEncoder` does. */
export function encodePcap(
  packets: Iterable<PcapPacket>,
  options: PcapEncoderOptions = {},
): Uint8Array<ArrayBuffer> {
  const encoder = new PcapEncoder(options);
  const parts = [encoder.header()];
  for (const packet of packets) parts.push(encoder.record(packet));
  const bytes = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** Writes a capture piece by piece: `header()` once, then `record(packet)` for each packet. */
export class PcapEncoder {
  readonly #header: PcapHeader;

  /** Throws `ARGUMENT_INVALID` for an option outside what `PcapEncoderOptions` documents. */
  constructor(options: PcapEncoderOptions = {}) {
    const { linkType = 1, resolution = "us", snapLength = DEFAULT_SNAP_LENGTH, endian = "little" } = options;
    if (!Object.hasOwn(MAGIC, resolution)) refuse('resolution "us" or "ns"', resolution);
    if (endian !== "big" && endian !== "little") refuse('endian "big" or "little"', endian);
    wholeNumber("linkType", linkType, 0, 0xffff);
    wholeNumber("snapLength", snapLength, 1, DEFAULT_SNAP_LENGTH);
    this.#header = { linkType, resolution, snapLength, endian, fcsLength: undefined };
  }

  /** The 24 bytes at the beginning of a capture. */
  header(): Uint8Array<ArrayBuffer> {
    const { linkType, resolution, snapLength, endian } = this.#header;
    const little = endian === "little";
    const bytes = new Uint8Array(MAGIC_LENGTH + FIELDS_LENGTH);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, MAGIC[resolution], little);
    view.setUint16(4, 2, little);
    view.setUint16(6, 4, little);
    view.setUint32(16, snapLength, little);
    view.setUint32(20, linkType, little);
    return bytes;
  }

  /**
   * A packet with its 16 bytes in front. Above `snapLength` it is cut, and says so by its original length.
   *
   * Throws `ARGUMENT_INVALID` when the time stamp is not between 1970 and 2106 (seconds have 32 bits) or not of whole
   * units of the resolution, and when the original length is not from `data.length` to 2³² − 1.
   */
  record(packet: PcapPacket): Uint8Array<ArrayBuffer> {
    const { resolution, snapLength, endian } = this.#header;
    const { timestamp, data, originalLength = data.length } = packet;
    const seconds = timestamp / PER_SECOND.ns;
    const fraction = timestamp % PER_SECOND.ns;
    if (timestamp < 0n || seconds > 0xffff_ffffn)
      refuse("a time stamp from 0 to 2³² − 1 seconds, in ns", timestamp);
    if (fraction % NANOSECONDS[resolution] !== 0n) {
      refuse('a time stamp of whole microseconds (nanoseconds need resolution: "ns")', `${timestamp} ns`);
    }
    wholeNumber("originalLength", originalLength, data.length, 0xffff_ffff);
    const little = endian === "little";
    const capturedLength = Math.min(data.length, snapLength);
    const bytes = new Uint8Array(RECORD_HEADER_LENGTH + capturedLength);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, Number(seconds), little);
    view.setUint32(4, Number(fraction / NANOSECONDS[resolution]), little);
    view.setUint32(8, capturedLength, little);
    view.setUint32(12, originalLength, little);
    bytes.set(data.subarray(0, capturedLength), RECORD_HEADER_LENGTH);
    return bytes;
  }
}

function refuse(expected: string, got: unknown): never {
  throw new NetError("ARGUMENT_INVALID", `Expected ${expected}, got ${String(got)}`);
}
