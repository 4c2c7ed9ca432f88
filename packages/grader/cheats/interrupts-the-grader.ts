// Cheat: ends the process that has started it by a polite signal, as if the user had done so
// Works: unsealed
// Proof: harms

process.kill(process.ppid, "SIGTERM");
