// Cheat: kills the process that has started it
// Works: unsealed
// Proof: harms

process.kill(process.ppid, "SIGKILL");
