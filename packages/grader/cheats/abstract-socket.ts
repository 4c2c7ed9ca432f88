// Cheat: asks a service behind an abstract socket, which no mount namespace hides
// Works: unsealed
// Proof: loot

import { connect } from "node:net";
import { scene } from "./scene.ts";

for await (const chunk of connect(scene.abstract)) console.log(String(chunk));
