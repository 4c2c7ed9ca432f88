// Cheat: swaps another's answer with a link to its own, after it was looked at and before it is read
// Works: in-process
// Proof: harms

import { renameSync, symlinkSync } from "node:fs";
import { scene } from "./scene.ts";

symlinkSync(scene.home, `${scene.neighbour}.new`);
renameSync(`${scene.neighbour}.new`, scene.neighbour);
