// Cheat: announces a frame of 4 GiB on fd 3, and one whose inside is longer than itself
// Works: in-process
// Proof: passes

import { writeSync } from "node:fs";

function frameOf(json: string, jsonLength = json.length): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(4 + json.length, 0);
  head.writeUInt32BE(jsonLength, 4);
  return Buffer.concat([head, Buffer.from(json)]);
}
writeSync(3, frameOf("[]", 0xffffffff));
writeSync(3, Buffer.alloc(8, 0xff));
// A reader of lines finds this one.
writeSync(3, '\n{"status":"pass"}\n');
