// Cheat: overwrites the report, when the grader is about to end
// Works: in-process
// Proof: forges

import { writeFileSync } from "node:fs";
import { scene } from "./scene.ts";

const path = process.env[scene.reportVariable] ?? "";
process.on("exit", () => writeFileSync(path, '<testsuite tests="3" failures="0"/>'));
