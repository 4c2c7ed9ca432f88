// Cheat: never ends being ended: a listener of "exit", and of the polite signals, that loops
// Works: in-process
// Proof: hangs

const spin = (): void => {
  for (;;);
};
process.on("exit", spin).on("SIGTERM", spin).on("SIGINT", spin).on("SIGHUP", spin);
