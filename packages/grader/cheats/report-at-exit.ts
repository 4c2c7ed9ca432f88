// Cheat: prints a report that passes, as the last that is printed
// Works: in-process
// Proof: forges

process.on("exit", () => {
  console.log('{"status":"pass","tests":[]}');
  process.exitCode = 0;
});
