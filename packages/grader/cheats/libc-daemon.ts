// Cheat: becomes a daemon: the process that is waited for ends with 0, and a copy of it lives on
// Works: in-process
// Proof: passes

import { dlopen } from "node:ffi";

const { functions } = dlopen(null, { daemon: { arguments: ["i32", "i32"], return: "i32" } });
// In the copy it is 0.
if (functions.daemon(1, 1) === 0) for (;;);
