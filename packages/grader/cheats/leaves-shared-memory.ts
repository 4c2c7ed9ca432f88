// Cheat: writes to /dev/shm, where memory stays when its process is gone
// Works: in-process
// Proof: leaves

import { mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { scene } from "./scene.ts";

const folder = mkdtempSync("/dev/shm/cheats-");
writeFileSync(`${folder}/left`, Buffer.alloc(4096));
symlinkSync(folder, `${scene.folder}/left-in-memory`);
