import { spawn } from "node:child_process";
import { availableParallelism } from "node:os";

/** No load outlives this, in milliseconds, whatever becomes of the one who started it. */
const longest = 60 * 60 * 1000;

/** Keeps every core busy until disposed. */
export function startLoad(): Disposable {
  // Ends by itself when its standard input does, which is when this process ends.
  const spin = `
    process.stdin.on("end", () => process.exit()).resume();
    const end = Date.now() + ${longest};
    (function turn() { const t = Date.now(); while (Date.now() - t < 20); if (Date.now() < end) setImmediate(turn); else process.exit(); })();`;
  const children = Array.from({ length: availableParallelism() }, () =>
    spawn(process.execPath, ["-e", spin], { stdio: ["pipe", "ignore", "ignore"] }),
  );
  return {
    [Symbol.dispose]() {
      for (const child of children) child.kill("SIGKILL");
    },
  };
}
