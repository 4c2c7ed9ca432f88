// Cheat: empties a database of the host's, by SQLite
// Works: unsealed
// Proof: harms

import { DatabaseSync } from "node:sqlite";
import { scene } from "./scene.ts";

new DatabaseSync(scene.database).exec("drop table secrets; vacuum");
