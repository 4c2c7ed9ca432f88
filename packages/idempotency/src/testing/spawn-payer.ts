import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

export interface PayerOptions {
  file: string;
  keys: string[];
  amount: number;
  /** All keys at once instead of one after the other. */
  atOnce?: boolean;
  synchronous?: "FULL" | "NORMAL";
  /** Dies by SIGKILL at the n-th gate point, from 1. */
  dieAtPoint?: number;
}

interface PaidLine {
  key: string;
  status: number;
  replayed: boolean;
}

/** A process that has the file open and waits for `go`. */
export async function spawnPayer(options: PayerOptions) {
  const main = fileURLToPath(new URL("payer.ts", import.meta.url));
  const child = spawn(
    process.execPath,
    ["--disable-warning=ExperimentalWarning", main, JSON.stringify(options)],
    {
      stdio: ["pipe", "pipe", "inherit"],
    },
  );
  const ended = once(child, "close") as Promise<[number | null, NodeJS.Signals | null]>;
  const replies: PaidLine[] = [];
  const lines = createInterface({ input: child.stdout });
  const ready = once(lines, "line");
  // a child that dies before it is ready ends the wait too
  const first = await Promise.race([ready, ended]);
  if (first[0] !== "ready") {
    throw new Error(`Expected the payer to be ready, got ${String(first)}`);
  }
  const waiters = new Map<number, () => void>();
  lines.on("line", (line) => {
    replies.push(JSON.parse(line) as PaidLine);
    waiters.get(replies.length)?.();
  });
  return {
    replies,
    ended,
    go: () => child.stdin.end("go\n"),
    kill: () => child.kill("SIGKILL"),
    /** Until so many replies were heard, or the end. */
    heard: (count: number) =>
      Promise.race([new Promise<void>((resolve) => waiters.set(count, resolve)), ended]),
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}
