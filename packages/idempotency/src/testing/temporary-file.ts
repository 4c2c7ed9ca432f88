import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The path of a file that is not there yet, in a folder of its own, which goes with all that was put into it. */
export function temporaryFile(): { path: string; [Symbol.dispose](): void } {
  const folder = mkdtempSync(join(tmpdir(), "idempotency-"));
  return {
    path: join(folder, "payments.db"),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}
