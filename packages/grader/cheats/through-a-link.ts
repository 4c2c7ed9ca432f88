// Cheat: was handed in with a link to the solution in its folder, and reads that
// Works: unsealed
// Proof: loot

import { readFileSync } from "node:fs";

console.log(readFileSync(new URL("./shortcut", import.meta.url), "utf8"));
