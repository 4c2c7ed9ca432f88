// Cheat: replaces the process by one that exits with 0 (execve)
// Works: in-process
// Proof: passes

process.execve?.("/bin/true", ["true"], {});
