import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A folder of its own with `source` as its answer.ts, gone when disposed. */
export function writeAnswer(source: string): { path: string; folder: string } & Disposable {
  const folder = mkdtempSync(join(tmpdir(), "answer-"));
  const path = join(folder, "answer.ts");
  writeFileSync(path, source);
  return { path, folder, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) };
}
