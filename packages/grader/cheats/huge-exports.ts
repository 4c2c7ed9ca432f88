// Cheat: exports three hundred thousand names on fd 3, for a failure to list
// Works: in-process
// Proof: harms

const { writeSync } = process.getBuiltinModule("node:fs");
const exports = Object.fromEntries(Array.from({ length: 300_000 }, (_, index) => [`name${index}`, "string"]));
const json = Buffer.from(JSON.stringify([{ op: "loaded", exports }]));
const head = Buffer.alloc(8);
head.writeUInt32BE(4 + json.length, 0);
head.writeUInt32BE(json.length, 4);
const all = Buffer.concat([head, json]);
for (let at = 0; at < all.length;) {
  try {
    at += writeSync(3, all, at);
  } catch {
    // The grader has yet to read.
  }
}
