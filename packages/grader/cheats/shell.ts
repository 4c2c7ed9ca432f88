// Cheat: has a shell read a file
// Works: in-process
// Proof: loot

import { execFileSync } from "node:child_process";
import { scene } from "./scene.ts";

console.log(execFileSync("/bin/sh", ["-c", 'cat "$0"', scene.home], { encoding: "utf8" }));
