// Cheat: rewrites the suite on the disk, for all who come after
// Works: in-process
// Proof: harms

import { writeFileSync } from "node:fs";
import { scene } from "./scene.ts";

writeFileSync(scene.suite, "export {};\n");
