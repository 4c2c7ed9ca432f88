import { NetError } from "../net-error.ts";

/** Time stamps in microseconds (magic number a1b2c3d4) or nanoseconds (a1b23c4d). */
export type PcapResolution = "us" | "ns";

/**
 * What a capture says of itself, once, in 24 bytes (draft-ietf-opsawg-pcap, "File Header"; pcap-savefile(5)):
 *
 *      0               1               2               3
 *     +---------------+---------------+---------------+---------------+
 *     |                 magic number: resolution, order               |
 *     +-------------------------------+-------------------------------+
 *     |        major version: 2       |        minor version: 4       |
 *     +-------------------------------+-------------------------------+
 *     |                   reserved, once a time zone                  |
 *     +---------------------------------------------------------------+
 *     |                     reserved, once an accuracy                |
 *     +---------------------------------------------------------------+
 *     |                         snapshot length                       |
 *     +-------+-+-+-------------------+-------------------------------+
 *     |FCS len|R|P|      reserved     |           link type           |
 *     +-------+-+-+-------------------+-------------------------------+
 */
export interface PcapHeader {
  /** What the first byte of each packet belongs to; see `LINKTYPE`. */
  linkType: number;
  resolution: PcapResolution;
  /** Order of the header fields' bytes: that of the host that wrote the file. Packets are in network order always. */
  endian: "big" | "little";
  /** At most so many bytes of each packet were kept. Some writers say 0 for "all", and some say too little. */
  snapLength: number;
  /** Bytes of frame check sequence at the end of each packet, where the writer tells; `undefined` where it does not. */
  fcsLength: number | undefined;
}

/** 262,144 bytes: libpcap's and tcpdump's own, above every IP packet. */
export const DEFAULT_SNAP_LENGTH = 262_144;

export const MAGIC_LENGTH = 4;
/** What follows the magic number, in bytes. */
export const FIELDS_LENGTH = 20;

export const MAGIC: Record<PcapResolution, number> = { us: 0xa1b2_c3d4, ns: 0xa1b2_3c4d };

/** Resolution and byte order, from the first 4 bytes. Throws `CAPTURE_INVALID` when they begin something else. */
export function readMagic(magic: DataView): Pick<PcapHeader, "resolution" | "endian"> {
  for (const endian of ["big", "little"] as const) {
    const value = magic.getUint32(0, endian === "little");
    if (value === MAGIC.us) return { resolution: "us", endian };
    if (value === MAGIC.ns) return { resolution: "ns", endian };
  }
  const value = magic.getUint32(0);
  const got = OTHER_FORMATS.get(value) ?? value.toString(16).padStart(8, "0");
  throw new NetError(
    "CAPTURE_INVALID",
    `Expected a pcap magic number (a1b2c3d4 or a1b23c4d, in either byte order) at byte 0, got ${got}`,
    { offset: 0 },
  );
}

/** The header from the 20 bytes behind the magic number. Throws `CAPTURE_INVALID`. */
export function readFields(fields: DataView, magic: ReturnType<typeof readMagic>): PcapHeader {
  const little = magic.endian === "little";
  const version = `${fields.getUint16(0, little)}.${fields.getUint16(2, little)}`;
  if (version !== "2.4") {
    throw new NetError("CAPTURE_INVALID", `Expected version 2.4 at byte 4, got ${version}`, { offset: 4 });
  }
  // bytes 8 to 15 are skipped: readers must not interpret them, old writers stored values there
  const link = fields.getUint32(16, little);
  if ((link & RESERVED) !== 0) {
    const got = link.toString(16).padStart(8, "0");
    throw new NetError(
      "CAPTURE_INVALID",
      `Expected 0 in the link type's reserved bits at byte 20, got ${got}`,
      { offset: 20 },
    );
  }
  return {
    ...magic,
    snapLength: fields.getUint32(12, little),
    linkType: link & 0xffff,
    fcsLength: (link & FCS_LENGTH_PRESENT) === 0 ? undefined : (link >>> 28) * 2, // counted in 16-bit units
  };
}

const RESERVED = 0x0bff_0000;
const FCS_LENGTH_PRESENT = 0x0400_0000;

/** What people take for pcap, by its first 4 bytes in network order. */
const OTHER_FORMATS = new Map([
  [0x0a0d_0d0a, 'pcapng, another format (convert it: "tcpdump -r in.pcapng -w out.pcap")'],
  [0xa1b2_cd34, "the pcap of a patched libpcap, whose packet headers are longer (a1b2cd34)"],
  [0x34cd_b2a1, "the pcap of a patched libpcap, whose packet headers are longer (34cdb2a1)"],
]);
