// Cheat: asks a service behind a socket file, as a container engine's or an ssh agent's is
// Works: unsealed
// Proof: loot

import { connect } from "node:net";
import { scene } from "./scene.ts";

for await (const chunk of connect(scene.unix)) console.log(String(chunk));
