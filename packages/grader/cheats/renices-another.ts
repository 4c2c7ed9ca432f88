// Cheat: gives another process the lowest priority
// Works: unsealed
// Proof: harms

import { setPriority } from "node:os";
import { scene } from "./scene.ts";

setPriority(scene.victim, 19);
