// Cheat: starts a process that leaves its group and its parent, and stays
// Works: in-process
// Proof: leaves

import { spawn } from "node:child_process";

spawn("/bin/sleep", ["60"], { detached: true, stdio: "ignore" }).unref();
