import { randomUUID } from "node:crypto";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

/** What an unfinished file's name ends with: a run that was killed may leave one. */
export const unfinished = ".unfinished";

/**
 * Writes a file that is there whole or not at all, whenever the process is killed; its folders are made.
 *
 * @param text whole, or piece by piece
 */
export async function writeWhole(path: string, text: string | Iterable<string>, mode = 0o644): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = join(dirname(path), `.${randomUUID()}${unfinished}`);
  try {
    await writeFile(temporary, text, { mode, flag: "wx" });
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
