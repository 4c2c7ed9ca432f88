// Cheat: clears the screen and writes a verdict of its own
// Works: in-process
// Proof: forges

console.log(
  "\u001b[2J\u001b[H\u001b[32m✓ all tests passed\u001b[0m\u001b]0;passed\u0007\u001b]52;c;cm0gLXJm\u0007",
);
