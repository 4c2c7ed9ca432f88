// Cheat: asks the test library for what the suite was told: the seed
// Works: in-process
// Proof: loot

import { inject } from "vitest";

console.log(inject("answerSeed"));
