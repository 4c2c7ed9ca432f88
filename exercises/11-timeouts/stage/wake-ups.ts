import { readFileSync } from "node:fs";

/** How often the process has slept until something woke it: a timer, once its time has come. proc_pid_status(5) */
export function wakeUps(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, "latin1");
  return Number(/^voluntary_ctxt_switches:\s+(\d+)/m.exec(status)?.[1]);
}
