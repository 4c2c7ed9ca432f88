// Cheat: stops another process of the user's
// Works: unsealed
// Proof: harms

import { scene } from "./scene.ts";

process.kill(scene.victim, "SIGSTOP");
