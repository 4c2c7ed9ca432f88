import type { FileHandle } from "node:fs/promises";
import { openBelow, type Directory, type Name } from "./directory.ts";
import type { Found, Intake } from "./intake.ts";

/** What is never looked into. No answer's file lies in such a folder. */
const skippedFolders = /^(?:node_modules|dist|__MACOSX|\..*)$/;

/**
 * Tells the intake of everything in a folder. Follows no link.
 *
 * @param root absolute, trusted
 * @param parts from there to the folder
 * @param prefix what paths in it begin with: `04-framing/` for an exercise's own folder
 */
export async function readFolder(root: string, parts: string[], intake: Intake, prefix = ""): Promise<void> {
  await using directory = await openBelow(root, parts);
  await walk(directory, prefix, 1, intake);
}

/** The same of some files that lie in a folder, each by another path than it has there. */
export async function readFiles(
  root: string,
  files: { path: string; name: string }[],
  intake: Intake,
): Promise<void> {
  await using directory = await openBelow(root, []);
  for (const { path, name } of files) {
    intake.count();
    intake.add(path, await look(directory, { name, type: "file" }, path, intake));
  }
}

async function walk(directory: Directory, prefix: string, depth: number, intake: Intake): Promise<void> {
  for (const entry of await directory.names(() => intake.count())) {
    const path = `${prefix}${entry.name}`;
    if (entry.type !== "folder") {
      intake.add(path, await look(directory, entry, path, intake));
    } else if (skippedFolders.test(entry.name) || depth >= intake.limits.depth) {
      intake.add(`${path}/`, { type: "left", reason: "not looked into" });
    } else {
      await enter(directory, entry.name, path, depth, intake);
    }
  }
}

async function enter(
  above: Directory,
  name: string,
  path: string,
  depth: number,
  intake: Intake,
): Promise<void> {
  let directory: Directory;
  try {
    directory = await above.folder(name);
  } catch (error) {
    intake.add(path, { type: "left", reason: reasonOf(error) });
    return;
  }
  await using folder = directory;
  await walk(folder, `${path}/`, depth + 1, intake);
}

async function look(
  directory: Directory,
  { name, type }: Name,
  path: string,
  intake: Intake,
): Promise<Found> {
  if (type === "link") return { type: "left", reason: linkReason };
  if (type === "other") return { type: "left", reason: otherReason };
  if (!intake.wants(path)) return { type: "file" };
  try {
    await using file = await directory.file(name);
    return await readRegular(file, intake);
  } catch (error) {
    if (error instanceof Error && "code" in error) return { type: "left", reason: reasonOf(error) };
    throw error;
  }
}

/** By what was opened, whatever the folder said of it before. */
async function readRegular(file: FileHandle, intake: Intake): Promise<Found> {
  const status = await file.stat();
  if (!status.isFile()) return { type: "left", reason: otherReason };
  if (status.nlink > 1) return { type: "left", reason: hardLinkReason };
  const large = intake.tooLarge(status.size);
  if (large !== undefined) return { type: "left", reason: large };
  // One byte more than it says: it may grow meanwhile.
  const buffer = Buffer.allocUnsafe(status.size + 1);
  let length = 0;
  while (length < buffer.length) {
    const { bytesRead } = await file.read(buffer, length, buffer.length - length, length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  intake.unpack(length);
  if (length !== status.size)
    return { type: "left", reason: "Expected a file at rest, got one that changed meanwhile" };
  return { type: "file", bytes: new Uint8Array(buffer.subarray(0, length)) };
}

export const linkReason = "Expected a regular file, got a link: hand in the file itself";
export const hardLinkReason =
  "Expected a file of its own, got a hard link, which is another file's content: hand in a copy";
export const otherReason = "Expected a regular file, got a device, a pipe or a socket";

function reasonOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (code === "ELOOP" || code === "ENOTDIR") return linkReason;
  return `Expected a file that can be read, got ${code === "" ? "an error" : code}`;
}
