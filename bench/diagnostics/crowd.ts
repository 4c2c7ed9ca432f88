import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";

/** `rows` established sockets on loopback, held by as many processes as their descriptors allow, until disposed of. */
export async function crowd(rows: number): Promise<AsyncDisposable> {
  const limit = Number(execFileSync("sh", ["-c", "ulimit -n"], { encoding: "utf8" })) || 20_000;
  const perProcess = Math.min(Math.floor((limit - 100) / 2), 5000);
  if (perProcess < 200) throw new Error(`Expected \`ulimit -n\` of 500 or more, got ${limit}`);
  const holders: ChildProcess[] = [];
  const dispose = async () => {
    await Promise.all(
      holders.map(async (holder) => {
        const ended = once(holder, "exit");
        holder.stdin?.end();
        const overdue = setTimeout(() => holder.kill("SIGKILL"), 30_000);
        if (holder.exitCode === null && holder.signalCode === null) await ended;
        clearTimeout(overdue);
      }),
    );
  };
  try {
    const sizes: number[] = [];
    for (let left = rows / 2; left > 0; left -= perProcess) sizes.push(Math.min(left, perProcess));
    await Promise.all(
      sizes.map(async (connections) => {
        const holder = spawn(process.execPath, [`${import.meta.dirname}/holder.ts`, String(connections)], {
          stdio: ["pipe", "pipe", "inherit"],
        });
        holders.push(holder);
        const [word] = await Promise.race([once(holder.stdout, "data"), once(holder, "exit")]);
        if (!String(word).startsWith("ready"))
          throw new Error(`Expected ${connections} connections, got an end`);
      }),
    );
  } catch (error) {
    await dispose();
    throw error;
  }
  return { [Symbol.asyncDispose]: dispose };
}
