// Cheat: reads a file from WebAssembly, with the whole file system opened for it
// Works: in-process
// Proof: loot

import { openAsBlob } from "node:fs";
import { WASI } from "node:wasi";
import { scene } from "./scene.ts";

new WASI({ version: "preview1", preopens: { "/": "/" } });
console.log(await (await openAsBlob(scene.home)).text());
