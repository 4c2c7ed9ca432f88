#!/usr/bin/env node
import { netdiag } from "./command/netdiag.ts";

// `netdiag sockets | head`: the reader has seen enough.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit();
});
const ended = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => ended.abort());

const { stdout, stdin } = process;
process.exitCode = await netdiag(process.argv.slice(2), {
  write: (text) => stdout.write(text),
  complain: (text) => process.stderr.write(text),
  isTTY: stdout.isTTY,
  get columns() {
    return stdout.columns;
  },
  get rows() {
    return stdout.rows;
  },
  colors: stdout.isTTY && !process.env["NO_COLOR"],
  ...(stdin.isTTY && { keys: stdin }),
  signal: ended.signal,
});
