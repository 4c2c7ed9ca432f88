import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { socketsOf, type SocketEntry } from "@tcpip-workshop/diagnostics/sockets";

/**
 * What the kernel says of one process, from `/proc` (proc_pid_stat(5), proc_pid_status(5); `schedstat`:
 * Documentation/scheduler/sched-stats.rst). Elsewhere than on Linux each answer is undefined.
 */
export interface KernelView {
  /** Time on a CPU, all threads, in nanoseconds. */
  cpuTime: number;
  /** Time the main thread was ready to run but had no CPU, in nanoseconds: what a busy machine costs it. */
  waitedForCpu: number;
  /** Memory in use now, and the most there has been since {@link resetPeakMemory}, in bytes. */
  memory: number;
  peakMemory: number;
  /** One letter: R running, S sleeping, T stopped, Z dead … */
  state: string;
}

export function kernelView(pid: number): KernelView | undefined {
  try {
    const tasks = readdirSync(`/proc/${pid}/task`);
    let cpuTime = 0;
    let waitedForCpu = 0;
    for (const task of tasks) {
      const [onCpu = 0, waited = 0] = numbers(readFileSync(`/proc/${pid}/task/${task}/schedstat`, "latin1"));
      cpuTime += onCpu;
      if (task === String(pid)) waitedForCpu = waited;
    }
    const status = readFileSync(`/proc/${pid}/status`, "latin1");
    return {
      cpuTime,
      waitedForCpu,
      memory: kilobytes(status, "VmRSS"),
      peakMemory: kilobytes(status, "VmHWM"),
      state: /^State:\s+(\S)/m.exec(status)?.[1] ?? "?",
    };
  } catch {
    return undefined;
  }
}

/** Only the memory in use, in bytes: cheap enough to ask ten times a second. */
export function memoryOf(pid: number): number | undefined {
  try {
    return kilobytes(readFileSync(`/proc/${pid}/status`, "latin1"), "VmRSS");
  } catch {
    return undefined;
  }
}

/** False once the process runs no more; a zombie that nobody has reaped yet does not run. */
export function isAlive(pid: number): boolean {
  const state = kernelView(pid)?.state;
  return state !== undefined && state !== "Z" && state !== "X";
}

/** The sockets that a process holds now; none where the kernel does not tell. */
export function socketsNow(pid: number): SocketEntry[] {
  try {
    return socketsOf(pid);
  } catch {
    return [];
  }
}

interface ProcessEntry {
  pid: number;
  parent: number;
  group: number;
  session: number;
}

/**
 * Every process that comes from `root`: its descendants, its group and session, and whoever carries `mark` in its
 * environment (a grandchild that left all three behind).
 */
export function familyOf(root: number, mark: string): number[] {
  const entries = listProcesses();
  const family = new Set([root]);
  for (let grew = true; grew;) {
    grew = false;
    for (const { pid, parent, group, session } of entries) {
      if (
        !family.has(pid) &&
        (family.has(parent) || group === root || session === root || family.has(session))
      ) {
        family.add(pid);
        grew = true;
      }
    }
  }
  for (const { pid } of entries) if (!family.has(pid) && carries(pid, mark)) family.add(pid);
  family.delete(root);
  return [...family];
}

/** The processes this one started, or whose environment says that they come of one it started. */
export function descendantsOf(root: number, mark: string): number[] {
  return listProcesses()
    .filter(({ pid, parent }) => pid !== root && (parent === root || carries(pid, mark)) && isAlive(pid))
    .map(({ pid }) => pid);
}

function listProcesses(): ProcessEntry[] {
  let pids: string[] = [];
  try {
    pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  } catch {
    // No /proc here: the process group is all there is to go by.
  }
  return pids.flatMap((pid) => {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
      // The name may hold spaces and brackets; the fields start behind its last bracket.
      const [, parent = 0, group = 0, session = 0] = numbers(stat.slice(stat.lastIndexOf(")") + 2));
      return [{ pid: Number(pid), parent, group, session }];
    } catch {
      return [];
    }
  });
}

function carries(pid: number, mark: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`, "latin1").includes(mark);
  } catch {
    return false;
  }
}

function numbers(text: string): number[] {
  return text.trim().split(/\s+/).map(Number);
}

function kilobytes(status: string, field: string): number {
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, "m").exec(status)?.[1] ?? 0) * 1024;
}

/** Makes `peakMemory` count from now (proc_pid_clear_refs(5), value 5). */
export function resetPeakMemory(pid: number): void {
  try {
    writeFileSync(`/proc/${pid}/clear_refs`, "5");
  } catch {
    // Not allowed here: the peak then counts from the start of the process, which is stricter, never laxer.
  }
}
