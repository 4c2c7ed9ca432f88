import { spawn } from "node:child_process";
import { once } from "node:events";

/** A process is stopped until the end, or until we are gone; the kernel goes on. */
export async function stopped({ pid }: { pid: number }) {
  const isRunning = `grep -q "State:.[DRS]" /proc/${pid}/status`;
  const script = `kill -STOP ${pid}; while ${isRunning}; do :; done; echo; read -r _; kill -CONT ${pid}`;
  const guard = spawn("sh", ["-c", script]);
  const ended = once(guard, "close");
  await Promise.race([once(guard.stdout, "data"), ended]);
  const end = async () => void (await (guard.stdin.end(), ended));
  return { end, [Symbol.asyncDispose]: end };
}
