// Cheat: prints what hides text or ends lines without being a control character: Arabic letter mark, line separator, zero width, tags
// Works: in-process
// Proof: forges

console.log("✗ failed\u2028✓ passed\u2029\u061Cpassed\u200B\u2060\uFEFF\u{E0041}");
