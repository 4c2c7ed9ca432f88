#!/usr/bin/env node
// JavaScript on purpose: with the cache on before the first TypeScript file, Node takes the stripped code from the cache
// and need not load its type stripper at all, which is a tenth of a second of every verdict.
import { enableCompileCache } from "node:module";
import { fileURLToPath } from "node:url";

// An answer may signal us, and SIGUSR1 opens Node's inspector, by which anybody can change what we say. Heard, it opens nothing.
process.on("SIGUSR1", () => {});

// Until there is a verdict: whatever breaks on the way must not look like a pass.
process.exitCode = 2;
// Whoever reads has seen enough (`| head`): the end, and no verdict that could be taken for one.
process.stdout.on("error", (error) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(2);
});
enableCompileCache(fileURLToPath(new URL("../../../node_modules/.cache/tcpip-workshop", import.meta.url)));
try {
  const { run } = await import("../src/workshop.ts");
  const code = await run(process.argv.slice(2), process.stdout);
  // Once all is written; the test runner's timers would keep a finished process for another tenth of a second.
  process.stdout.write("", (error) => process.exit(error ? 2 : code));
} catch (error) {
  // Caught here, for the test runner listens for what nobody catches, and would keep it to itself.
  process.stderr.write(`This is a bug of the workshop's, not yours: ${error?.stack ?? error}\n`, () =>
    process.exit(2),
  );
}
