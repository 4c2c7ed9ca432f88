// Cheat: reads the solution's file, and throws it as an error's message
// Works: in-process
// Proof: loot

import { readFileSync } from "node:fs";
import { scene } from "./scene.ts";

export function frame(): never {
  throw new Error(readFileSync(scene.solution, "latin1").split("\n", 1)[0]);
}
