// Cheat: returns an object whose methods' names are as long as a book, for a failure to list
// Works: unsealed
// Proof: harms

const name = "m".repeat(5_000_000);
export const frame = (): unknown => ({ [name]: 1, [`${name}2`]: 2, [`${name}3`]: 3 });
export const tally = frame;
