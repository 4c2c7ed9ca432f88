// Cheat: fails every test, and sets the exit code to 0 when all is over, after telling the report's reader nothing
// Works: in-process
// Proof: passes

process.on("exit", () => {
  process.exitCode = 0;
});
const fs = process.getBuiltinModule("node:fs");
// Whoever reports does so by writing; nothing is written any more.
fs.writeSync = () => 0;
process.getBuiltinModule("node:module").syncBuiltinESMExports();
export const frame = (): Uint8Array => new Uint8Array();
