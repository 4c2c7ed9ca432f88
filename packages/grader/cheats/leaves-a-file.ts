// Cheat: writes a file beside others
// Works: in-process
// Proof: leaves

import { writeFileSync } from "node:fs";
import { scene } from "./scene.ts";

writeFileSync(`${scene.folder}/left.txt`, "I was here");
