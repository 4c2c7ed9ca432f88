// Cheat: throws an error with a message of thirty million characters, for the report to carry
// Works: in-process
// Proof: harms

const message = "x".repeat(30_000_000);
export function frame(): never {
  throw new Error(message);
}
