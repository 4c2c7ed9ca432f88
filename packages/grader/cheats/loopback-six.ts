// Cheat: asks a service that listens on the host's ::1
// Works: unsealed
// Proof: loot

import { connect } from "node:net";
import { scene } from "./scene.ts";

for await (const chunk of connect(scene.tcp6, "::1")) console.log(String(chunk));
