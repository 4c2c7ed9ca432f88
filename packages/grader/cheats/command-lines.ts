// Cheat: reads the command line of another process
// Works: in-process
// Proof: loot

import { readFileSync } from "node:fs";
import { scene } from "./scene.ts";

console.log(readFileSync(`/proc/${scene.victim}/cmdline`, "latin1").replaceAll("\0", " "));
