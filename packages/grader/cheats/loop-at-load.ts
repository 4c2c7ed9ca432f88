// Cheat: never ends loading
// Works: in-process
// Proof: hangs

for (;;);
