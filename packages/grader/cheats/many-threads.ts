// Cheat: starts as many threads as it can, or forty, each in a loop
// Works: in-process
// Proof: harms

import { once } from "node:events";
import { Worker } from "node:worker_threads";

let started = 0;
try {
  for (; started < 40; started++) {
    const worker = new Worker("", { eval: true, resourceLimits: { maxOldGenerationSizeMb: 8 } });
    await once(worker, "online");
  }
} catch {
  // No more.
}
console.log(`started ${started} threads`);
