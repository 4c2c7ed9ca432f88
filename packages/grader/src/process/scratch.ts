import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const made = new Set<string>();

/** A fresh folder for an answer to write in; whatever ends us, but SIGKILL, removes it. */
export function makeScratch(): string {
  if (made.size === 0) process.once("exit", removeAll);
  const folder = mkdtempSync(join(tmpdir(), "tcpip-workshop-"));
  made.add(folder);
  return folder;
}

export function removeScratch(folder: string): void {
  made.delete(folder);
  if (made.size === 0) process.off("exit", removeAll);
  rmSync(folder, { recursive: true, force: true });
}

function removeAll(): void {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
}
