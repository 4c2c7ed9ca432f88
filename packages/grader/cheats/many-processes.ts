// Cheat: starts as many processes as it can, or thirty
// Works: in-process
// Proof: harms

import { spawn } from "node:child_process";

for (let count = 0; count < 30; count++)
  spawn("/bin/sleep", ["30"], { detached: true, stdio: "ignore" })
    .on("error", () => {})
    .unref();
