import { constants, crc32, deflateRawSync } from "node:zlib";

const MiB = 1024 * 1024;

/**
 * So many MiB of zeros, deflated (RFC 1951), made from one MiB: a full flush ends it at a byte, so that it can be repeated. About
 * 1 KiB for each.
 */
export function deflatedZeros(mebibytes: number): Buffer {
  const one = deflateRawSync(Buffer.alloc(MiB), { finishFlush: constants.Z_FULL_FLUSH });
  // An empty last block.
  const end = Buffer.of(3, 0);
  return Buffer.concat([...Array.from({ length: mebibytes }, () => one), end]);
}

/** The same as a gzip file, RFC 1952, with something before it. What it says of checksum and size at its end is not true. */
export function gzippedZeros(mebibytes: number, head = Buffer.alloc(0)): Buffer {
  const header = Buffer.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3);
  const first = deflateRawSync(head, { finishFlush: constants.Z_FULL_FLUSH });
  const trailer = Buffer.alloc(8);
  trailer.writeUInt32LE(crc32(head), 0);
  return Buffer.concat([header, first, deflatedZeros(mebibytes), trailer]);
}
