// Cheat: leaves a timer, so that the process never ends by itself
// Works: in-process
// Proof: hangs

setInterval(() => {}, 1000);
