// Cheat: deletes what another has handed in
// Works: in-process
// Proof: harms

import { rmSync } from "node:fs";
import { scene } from "./scene.ts";

rmSync(scene.neighbour);
