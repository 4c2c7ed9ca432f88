import { readFileSync } from "node:fs";

/**
 * The answer's own process behind the seal: bwrap stays outside, its child is the first process of the namespace, and that one's child
 * is Node. Their numbers are those of the namespace this process is in (proc_pid_children(5)).
 *
 * @param outermost the process that was started
 * @returns undefined while they are still being made
 */
export function innermostOf(outermost: number): number | undefined {
  const first = childOf(outermost);
  return first === undefined ? undefined : childOf(first);
}

function childOf(pid: number): number | undefined {
  try {
    const [child] = readFileSync(`/proc/${pid}/task/${pid}/children`, "latin1").split(" ");
    return child === undefined || child === "" ? undefined : Number(child);
  } catch {
    return undefined;
  }
}
