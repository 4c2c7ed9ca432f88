import type { FileHandle } from "node:fs/promises";
import { archiveKind } from "./archive-kind.ts";
import { openBelow } from "./directory.ts";
import type { Intake } from "./intake.ts";
import { bytesText, UnreadableError } from "./limits.ts";
import { readTar } from "./tar.ts";
import { readZip } from "./zip.ts";

/**
 * Tells the intake of everything in an archive. Nothing is unpacked to disk.
 *
 * @param root absolute, trusted
 * @param parts from there to the archive: no link is followed on the way
 */
export async function readArchive(root: string, parts: string[], intake: Intake): Promise<void> {
  const name = parts.at(-1) ?? "";
  await using folder = await openBelow(root, parts.slice(0, -1));
  await using file = await folder.file(name);
  const status = await file.stat();
  if (!status.isFile()) throw new UnreadableError("Expected an archive, got no regular file");
  const { archiveBytes } = intake.limits;
  if (status.size > archiveBytes)
    throw new UnreadableError(
      `Expected an archive of at most ${bytesText(archiveBytes)}, got ${bytesText(status.size)}: hand in exercises/ only, without node_modules`,
    );
  if (archiveKind(name) === "zip") await readZip(await readAll(file, status.size), intake);
  else await readTar(file, intake);
}

/** As many bytes as there were when it was opened. */
async function readAll(file: FileHandle, size: number): Promise<Buffer> {
  const buffer = Buffer.alloc(size);
  let length = 0;
  while (length < size) {
    const { bytesRead } = await file.read(buffer, length, size - length, length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return buffer.subarray(0, length);
}
