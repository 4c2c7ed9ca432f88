import { chmod, mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Answer } from "./submission.ts";

/**
 * Writes exactly the answer's files into a new folder, where anybody may read them and nobody write (mode 0444).
 *
 * @param folder absolute; must not be there yet
 * @throws {Error} when the folder is there already (`EEXIST`)
 */
export async function stage(answer: Answer, folder: string): Promise<void> {
  await mkdir(dirname(folder), { recursive: true });
  await mkdir(folder);
  for (const [path, bytes] of answer.files) {
    const file = join(folder, path);
    await mkdir(dirname(file), { recursive: true });
    // `wx`: a file that is there already, be it through a link, is never written to.
    await writeFile(file, bytes, { flag: "wx", mode: 0o444 });
    // The umask has taken rights off.
    await chmod(file, 0o444);
  }
}
