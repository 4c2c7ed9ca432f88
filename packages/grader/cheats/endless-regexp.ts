// Cheat: matches a regular expression that takes exponential time
// Works: in-process
// Proof: hangs

export const frame = (): boolean => /^(a+)+$/.test(`${"a".repeat(60)}!`);
