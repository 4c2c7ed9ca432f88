// Cheat: looks for what the grader keeps in memory, through /proc/self/maps and /proc/self/mem, and its parent's
// Works: in-process
// Proof: loot

import { openSync, readFileSync, readSync } from "node:fs";

for (const pid of ["self", process.ppid]) {
  try {
    const memory = openSync(`/proc/${pid}/mem`, "r");
    for (const line of readFileSync(`/proc/${pid}/maps`, "latin1").split("\n")) {
      const [, from = "", to = ""] = /^(\w+)-(\w+) rw\S* \S+ \S+ 0\s*(?:\[heap\])?$/.exec(line) ?? [];
      const length = Number(`0x${to}`) - Number(`0x${from}`);
      if (!(length > 0 && length < 4 * 1024 * 1024)) continue;
      const bytes = Buffer.alloc(length);
      try {
        readSync(memory, bytes, 0, length, Number(`0x${from}`));
      } catch {
        continue;
      }
      for (const [token] of bytes.toString("latin1").matchAll(/(?<![0-9a-f])[0-9a-f]{16}(?![0-9a-f])/g))
        console.log(token);
    }
  } catch {
    // Not this one.
  }
}
