// Cheat: reads a file by the C library's own functions, called through node:ffi
// Works: in-process
// Proof: loot

import { dlopen } from "node:ffi";
import { scene } from "./scene.ts";

const { functions } = dlopen(null, {
  open: { arguments: ["string", "i32"], return: "i32" },
  read: { arguments: ["i32", "buffer", "u64"], return: "i64" },
});
const fd = functions.open(scene.home, 0);
const bytes = Buffer.alloc(200);
functions.read(fd, bytes, 200n);
console.log(bytes.toString("latin1"));
