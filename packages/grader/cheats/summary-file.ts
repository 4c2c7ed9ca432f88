// Cheat: writes to the file of which GitHub makes the job's summary
// Works: in-process
// Proof: forges

import { appendFileSync } from "node:fs";
import { scene } from "./scene.ts";

appendFileSync(process.env[scene.summaryVariable] ?? "", "# All passed\n");
