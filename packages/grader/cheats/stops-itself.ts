// Cheat: stops its own process (SIGSTOP)
// Works: in-process
// Proof: hangs

process.kill(process.pid, "SIGSTOP");
