// Cheat: reads a file of the user's home folder
// Works: in-process
// Proof: loot

import { readFileSync } from "node:fs";
import { scene } from "./scene.ts";

console.log(readFileSync(scene.home, "utf8"));
