// Cheat: starts a process that starts one, in a session of its own, and is gone
// Works: in-process
// Proof: leaves

import { spawnSync } from "node:child_process";

spawnSync("/bin/sh", ["-c", "setsid sleep 60 >/dev/null 2>&1 &"], { stdio: "ignore" });
