// Cheat: turns the direction of the text, so that "failed" reads as what it is not
// Works: in-process
// Proof: forges

console.log("\u202E\u2066dessap\u2069\u202C \u200Fdeliaf\u200E");
