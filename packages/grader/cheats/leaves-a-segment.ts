// Cheat: leaves a System V shared memory segment
// Works: in-process
// Proof: leaves

import { dlopen } from "node:ffi";
import { scene } from "./scene.ts";

const { functions } = dlopen(null, { shmget: { arguments: ["i32", "u64", "i32"], return: "i32" } });
functions.shmget(scene.key, 4096n, 0o1600);
