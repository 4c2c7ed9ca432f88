// Cheat: creates a database outside the folder that it was given
// Works: unsealed
// Proof: leaves

import { DatabaseSync } from "node:sqlite";
import { scene } from "./scene.ts";

new DatabaseSync(`${scene.folder}/left.sqlite`).exec("create table left (a)");
