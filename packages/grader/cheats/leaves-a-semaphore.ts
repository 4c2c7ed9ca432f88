// Cheat: leaves a System V semaphore and a message queue
// Works: in-process
// Proof: leaves

import { dlopen } from "node:ffi";
import { scene } from "./scene.ts";

const { functions } = dlopen(null, {
  semget: { arguments: ["i32", "i32", "i32"], return: "i32" },
  msgget: { arguments: ["i32", "i32"], return: "i32" },
});
functions.semget(scene.key, 1, 0o1600);
functions.msgget(scene.key, 0o1600);
