// Cheat: has the C library start a shell (system), which starts what stays
// Works: in-process
// Proof: leaves

import { dlopen } from "node:ffi";

const { functions } = dlopen(null, { system: { arguments: ["string"], return: "i32" } });
functions.system("setsid sleep 60 >/dev/null 2>&1 &");
