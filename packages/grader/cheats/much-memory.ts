// Cheat: fills memory, past the heap that V8 keeps count of, up to one and a half GiB
// Works: in-process
// Proof: harms

const held: Buffer[] = [];
const piece = 32 * 1024 * 1024;
const told = (): string => `took ${held.length * piece} bytes\n`;
try {
  while (held.length < 48) held.push(Buffer.alloc(piece, 1));
} catch {
  // No more.
}
console.log(`in all: ${told()}`);
