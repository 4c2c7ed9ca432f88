// Cheat: kills another process of the user's, by its number
// Works: unsealed
// Proof: harms

import { scene } from "./scene.ts";

process.kill(scene.victim, "SIGKILL");
