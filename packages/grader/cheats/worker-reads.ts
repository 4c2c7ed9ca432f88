// Cheat: reads a file in a worker thread, which is under permissions of its own
// Works: in-process
// Proof: loot

import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { scene } from "./scene.ts";

const code = `require("worker_threads").parentPort.postMessage(require("fs").readFileSync(${JSON.stringify(scene.solution)}, "utf8"))`;
const [text] = (await once(new Worker(code, { eval: true, execArgv: [], env: {} }), "message")) as [string];
console.log(text);
