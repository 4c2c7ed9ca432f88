import { promisify } from "node:util";
import { crc32, inflateRaw } from "node:zlib";
import type { Entry, ZipFile } from "yauzl";
import { linkReason, otherReason } from "./folder.ts";
import type { Found, Intake } from "./intake.ts";
import { UnreadableError } from "./limits.ts";
import { shownName } from "./names.ts";

const inflate = promisify(inflateRaw);

/** APPNOTE.TXT 4.4.5: how a file is packed. */
const methods = { stored: 0, deflated: 8 } as const;
/** APPNOTE.TXT 4.3.7: a local file header without its name. */
const localHeaderLength = 30;

/** What yauzl says where the archive's last record is missing. */
const noEnd = "End of central directory record signature not found";

/** Bytes of the archive that belong to one entry, at least. */
interface Extent {
  start: number;
  end: number;
}

/**
 * Tells the intake of everything in a zip archive, which is in memory. Only what it wants is unpacked, each file up to its limit: what a bomb holds
 * beyond that is never made.
 *
 * @throws {UnreadableError} when it is none, is damaged, or holds more than the limits allow
 */
export async function readZip(archive: Buffer, intake: Intake): Promise<void> {
  try {
    await readEntries(archive, intake);
  } catch (error) {
    if (error instanceof UnreadableError) throw error;
    if (error instanceof Error && error.message.startsWith(noEnd))
      throw new UnreadableError(
        "Expected a zip archive, got one that is cut off, or none at all: hand it in again",
      );
    const message = shownName(error instanceof Error ? error.message : String(error));
    throw new UnreadableError(`Expected a zip archive, got one that cannot be read: ${message}`);
  }
}

async function readEntries(bytes: Buffer, intake: Intake): Promise<void> {
  // Not loaded by those who have no such archive.
  const { fromBufferPromise, getFileNameLowLevel } = await import("yauzl");
  // Names and sizes are judged here, one by one: one bad name is not the end of an archive.
  const options = { decodeStrings: false, validateEntrySizes: false };
  // Of a file, yauzl 3.4.0 also reads at offsets beyond 2^53: Node then throws where nobody can catch it.
  const archive = await fromBufferPromise(bytes, options);
  const extents: Extent[] = [];
  for await (const entry of archive.eachEntry()) {
    intake.count();
    const name = getFileNameLowLevel(entry.generalPurposeBitFlag, entry.fileNameRaw, entry.extraFields, true);
    const start = entry.relativeOffsetOfLocalHeader;
    extents.push({ start, end: start + localHeaderLength + entry.compressedSize });
    if (!isFolder(entry, name)) intake.add(name, await found(bytes, archive, entry, name, intake));
  }
  refuseOverlap(extents);
}

async function found(
  all: Buffer,
  archive: ZipFile,
  entry: Entry,
  name: string,
  intake: Intake,
): Promise<Found> {
  const kind = kindOf(entry);
  if (kind === fileKinds.link) return { type: "left", reason: linkReason };
  if (kind !== fileKinds.none && kind !== fileKinds.regular) return { type: "left", reason: otherReason };
  if (!intake.wants(name)) return { type: "file" };
  if (entry.isEncrypted())
    return { type: "left", reason: "Expected an archive without a password, got an encrypted file" };
  const { compressionMethod: method } = entry;
  if (method !== methods.stored && method !== methods.deflated)
    return { type: "left", reason: `Expected a file that is stored or deflated, got method ${method}` };
  // What cannot be packed smaller becomes a little larger.
  const large = intake.tooLarge(entry.uncompressedSize) ?? intake.tooLarge(entry.compressedSize - 1024);
  if (large !== undefined) return { type: "left", reason: large };
  return unpack(all, archive, entry, intake);
}

async function unpack(all: Buffer, archive: ZipFile, entry: Entry, intake: Intake): Promise<Found> {
  try {
    const { fileDataStart } = await archive.readLocalFileHeaderPromise(entry, { minimal: true });
    const packed = all.subarray(fileDataStart, fileDataStart + entry.compressedSize);
    const bytes =
      entry.compressionMethod === methods.stored
        ? packed
        : await inflate(packed, { maxOutputLength: Math.max(entry.uncompressedSize, 1) });
    intake.unpack(bytes.length);
    if (bytes.length !== entry.uncompressedSize || crc32(bytes) !== entry.crc32)
      return { type: "left", reason: "Expected the size and the checksum that the archive says, got others" };
    return { type: "file", bytes: new Uint8Array(bytes) };
  } catch (error) {
    if (error instanceof UnreadableError) throw error;
    if (error instanceof RangeError)
      return { type: "left", reason: "Expected the size that the archive says, got more" };
    return { type: "left", reason: "Expected a file that can be unpacked, got damaged data" };
  }
}

/** One stretch of the archive that is two files: no honest tool writes that. */
function refuseOverlap(extents: Extent[]): void {
  let end = 0;
  for (const extent of extents.toSorted((a, b) => a.start - b.start)) {
    if (extent.start < end)
      throw new UnreadableError(
        "Expected a zip archive, got one whose files overlap: pack it anew with a usual tool",
      );
    end = extent.end;
  }
}

/** stat(2): the type of a file in its mode, which Unix puts into the upper half of the external attributes. */
const fileKinds = { none: 0, regular: 0o10, folder: 0o4, link: 0o12 } as const;

function kindOf(entry: Entry): number {
  return entry.externalFileAttributes >>> 28;
}

function isFolder(entry: Entry, name: string): boolean {
  return name.endsWith("/") && entry.uncompressedSize === 0 && kindOf(entry) !== fileKinds.link;
}
