import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";

/** What is in these files: it changes with any byte of them, and with which they are, and with nothing else. */
export function contentsOf(paths: readonly string[]): string {
  const hash = createHash("sha256");
  for (const path of paths)
    hash
      .update(`${path}\0`)
      .update(readOrNothing(path) ?? "\0missing")
      .update("\0");
  return hash.digest("hex");
}

/** Changes with every write to these files, one that left the same bytes too; costs a look at each, and reads none. */
export function stampOf(paths: readonly string[]): string {
  return paths.map(stampOfOne).join("\n");
}

/** Whether one of them is missing or empty: whoever saves by renaming, or truncates before writing, is not done yet. */
export function isHalfWritten(paths: readonly string[]): boolean {
  return paths.some((path) => (statSync(path, { throwIfNoEntry: false })?.size ?? 0) === 0);
}

function stampOfOne(path: string): string {
  try {
    const stat = statSync(path, { bigint: true });
    return [path, stat.dev, stat.ino, stat.size, stat.mtimeNs, stat.ctimeNs].join(" ");
  } catch {
    return `${path} -`;
  }
}

function readOrNothing(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}
