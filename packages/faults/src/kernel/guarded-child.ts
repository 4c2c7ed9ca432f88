import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import type { Readable, Writable } from "node:stream";

export interface GuardedChild {
  stdout: Readable;
  stderr: Readable;
  /** What the command writes to its file descriptor 3. */
  fd3: Readable;
  /** Exit status (128 + n after signal n), once it is gone and its output has ended; rejects if it cannot be started. */
  ended: Promise<number>;
  /** SIGKILL, then waits for `ended`. */
  kill(): Promise<void>;
}

/**
 * Starts a command that cannot outlive this process, not even where it is stopped or this process is SIGKILLed: a shell
 * between them reads a pipe of ours, and kills the command when that ends. Its stdin is /dev/null.
 */
export function guardedChild(command: readonly string[], env: NodeJS.ProcessEnv): GuardedChild {
  const guard: ChildProcess = spawn("sh", ["-c", GUARD, "sh", ...command], {
    env,
    stdio: ["pipe", "pipe", "pipe", "pipe"],
  });
  const [stdin, stdout, stderr, fd3] = guard.stdio as readonly unknown[] as [
    Writable,
    Readable,
    Readable,
    Readable,
  ];
  // It may be gone before we say that it should go.
  stdin.on("error", () => {});
  const ended = once(guard, "close").then(([code]) => (code as number | null) ?? 128 + 9);
  // Whoever never asks how it ended must not get an unhandled rejection.
  ended.catch(() => {});
  return {
    stdout,
    stderr,
    fd3,
    ended,
    async kill() {
      stdin.end();
      await ended.catch(() => {});
    },
  };
}

/** `wait` gives the status; the watcher holds none of the command's pipes, so that they end with the command. */
const GUARD = `
exec 9<&0 </dev/null
"$@" 9<&- &
child=$!
{ read -r _ || kill -KILL $child; } <&9 >/dev/null 2>&1 3>&- &
watcher=$!
wait $child 2>/dev/null
status=$?
kill $watcher 2>/dev/null
exit $status
`;
