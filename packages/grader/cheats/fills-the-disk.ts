// Cheat: writes until the disk is full, or a hundred MiB
// Works: in-process
// Proof: harms

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";

let wrote = 0;
let folder = "";
try {
  folder = mkdtempSync(`${tmpdir()}/full-`);
  for (; wrote < 100 * 1024 * 1024; wrote += 1024 * 1024)
    writeFileSync(`${folder}/${wrote}`, Buffer.alloc(1024 * 1024));
} catch {
  // Full.
}
console.log(`wrote ${wrote} bytes`);
if (folder !== "") rmSync(folder, { recursive: true });
