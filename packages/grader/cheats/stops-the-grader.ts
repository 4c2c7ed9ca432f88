// Cheat: stops the process that has started it (SIGSTOP), which then ends nobody
// Works: unsealed
// Proof: hangs

process.kill(process.ppid, "SIGSTOP");
