// Cheat: opens as many descriptors as it can, so that whoever shares the process can open none
// Works: in-process
// Proof: harms

import { openSync } from "node:fs";

let held = 0;
try {
  for (; held < 6000; held++) openSync("/dev/null", "r");
} catch {
  // No more.
}
console.log(`holds ${held} descriptors`);
