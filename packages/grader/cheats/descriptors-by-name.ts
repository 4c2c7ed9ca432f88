// Cheat: reads the files that its process and its parent have open, through /proc/<pid>/fd
// Works: in-process
// Proof: loot

import { readdirSync, readFileSync, readlinkSync } from "node:fs";

for (const pid of ["self", String(process.ppid), "1", "2", "3"]) {
  try {
    for (const fd of readdirSync(`/proc/${pid}/fd`)) {
      const path = `/proc/${pid}/fd/${fd}`;
      if (readlinkSync(path).startsWith("/") && !readlinkSync(path).startsWith("/dev"))
        console.log(readFileSync(path, "latin1").slice(0, 200));
    }
  } catch {
    // Not this one.
  }
}
