// Cheat: reads what another has handed in, and returns it as its result
// Works: in-process
// Proof: loot

import { readFileSync } from "node:fs";
import { scene } from "./scene.ts";

const [theirs] = readFileSync(scene.neighbour, "latin1").split("\n", 1);
export const tally = (): unknown => theirs;
export const frame = (): unknown => theirs;
