// Cheat: leaves a process behind that listens, on a port and on an abstract socket
// Works: in-process
// Proof: leaves

import { spawn } from "node:child_process";

const code =
  'const { createServer } = require("net"); createServer().listen(0, "127.0.0.1"); createServer().listen("\\0left" + process.pid);';
spawn(process.execPath, ["--eval", code], { detached: true, stdio: "ignore" }).unref();
