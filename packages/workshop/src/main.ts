#!/usr/bin/env node
import { enableCompileCache } from "node:module";
import { fileURLToPath } from "node:url";

// Before anything else is loaded: the second run of a learner's day parses nothing anew.
enableCompileCache(fileURLToPath(new URL("../../../node_modules/.cache/tcpip-workshop", import.meta.url)));
const { run } = await import("./workshop.ts");
process.exitCode = await run(process.argv.slice(2), process.stdout);
