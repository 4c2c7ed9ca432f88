// Cheat: has Node's diagnostic report tell the environment
// Works: in-process
// Proof: loot

console.log(
  JSON.stringify((process.report.getReport() as { environmentVariables: object }).environmentVariables),
);
