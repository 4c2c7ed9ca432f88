// Cheat: overprints the line before by a carriage return and backspaces
// Works: in-process
// Proof: forges

console.log("✗ failed\r✓ passed\b\b\b\b\b\bPASSED");
