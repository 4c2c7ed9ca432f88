import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** `write` and its kin of a process, counted by the kernel: proc_pid_io(5). Node's own threads wake each other by a write, too. */
export function countWrites(pid: number): number {
  return Number(/^syscw: (\d+)/m.exec(readFileSync(`/proc/${pid}/io`, "utf8"))?.[1]);
}

/** Segments with data that were sent to this port, by `ss`; 0 where there is none. */
export function countDataSegments(port: number): number {
  try {
    const table = execFileSync("ss", ["-tinH", `dport = :${port}`], { encoding: "utf8", timeout: 2000 });
    return table.matchAll(/data_segs_out:(\d+)/g).reduce((sum, [, count]) => sum + Number(count), 0);
  } catch {
    return 0;
  }
}

/** Of the whole machine: a guard, never a verdict. */
export function countDelayedAcks(): number {
  const [names, counts] = readFileSync("/proc/net/netstat", "utf8")
    .split("\n", 2)
    .map((line) => line.split(" "));
  return Number(counts?.[names?.indexOf("DelayedACKs") ?? -1]);
}

/** Milliseconds that this process and we have been ready to run, and had no CPU: proc_pid_schedstat(5). */
export function starved(pid: number): number {
  const waits = [`${pid}`, "thread-self"].map((task) =>
    Number(readFileSync(`/proc/${task}/schedstat`, "latin1").split(" ")[1]),
  );
  return waits.reduce((sum, nanoseconds) => sum + nanoseconds / 1e6, 0);
}
