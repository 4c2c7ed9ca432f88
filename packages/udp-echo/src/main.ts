#!/usr/bin/env node
import { run } from "./command.ts";

// `udp-echo | head -1`: who reads the log may leave; the server stays.
process.stdout.on("error", () => {});
process.exitCode = await run(process.argv.slice(2), {
  env: process.env,
  out: process.stdout,
  err: process.stderr,
  onSignal(listener) {
    process.on("SIGTERM", listener);
    process.on("SIGINT", listener);
  },
});
