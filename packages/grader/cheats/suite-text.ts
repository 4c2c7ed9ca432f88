// Cheat: reads the suite, and names an error after it
// Works: in-process
// Proof: loot

import { readFileSync } from "node:fs";
import { scene } from "./scene.ts";

const [name = ""] = readFileSync(scene.suite, "latin1").split("\n", 1);
export function frame(): never {
  throw Object.assign(new Error("no"), { name });
}
