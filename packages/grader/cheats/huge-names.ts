// Cheat: throws an error with a name as long as a book, and returns what has such fields, for a failure to list
// Works: in-process
// Proof: harms

const name = "m".repeat(5_000_000);
export function frame(): never {
  throw Object.assign(new Error("no"), { name, code: name });
}
export const tally = (): unknown => ({ [name]: 1, [`${name}2`]: 2, [`${name}3`]: 3 });
