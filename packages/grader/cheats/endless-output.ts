// Cheat: prints without an end, or two hundred MiB
// Works: in-process
// Proof: harms

import { writeSync } from "node:fs";

const line = Buffer.alloc(1024 * 1024, "all tests passed\n");
for (let left = 200 * line.length; left > 0;) {
  try {
    left -= writeSync(1, line);
  } catch {
    // The pipe is full: nobody reads so fast.
  }
}
