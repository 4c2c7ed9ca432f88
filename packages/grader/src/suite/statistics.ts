import { readSockets } from "@tcpip-workshop/diagnostics/sockets";
import { resetPeakMemory } from "../process/kernel.ts";
import type { AnswerStatistics } from "./remote.ts";
import type { Session } from "./session.ts";

export function statistics(session: Session): AnswerStatistics {
  const view = () => {
    const process = session.process();
    process.waitForPid();
    const now = process.kernelView();
    if (now === undefined)
      throw new NoEvidence("the kernel does not tell CPU time and memory of a process here (no /proc)");
    return now;
  };
  const pidOf = (): number => {
    const pid = session.process().waitForPid();
    if (pid === undefined) throw new NoEvidence("the answer's process could not be started");
    return pid;
  };
  return {
    get pid() {
      return pidOf();
    },
    sockets(options = {}) {
      return readSockets({ ...options, pid: pidOf() });
    },
    get started() {
      return session.started;
    },
    kill: () => session.kill(),
    async cpuTime(work) {
      const before = view().cpuTime;
      await work();
      return view().cpuTime - before;
    },
    async peakMemory(work) {
      const { pid } = session.process();
      if (pid !== undefined) resetPeakMemory(pid);
      const before = view().memory;
      await work();
      return view().peakMemory - before;
    },
  };
}

/**
 * What a test must see before its result means anything was not there. No fault of the answer's: the verdict is `error`.
 */
export class NoEvidence extends Error {
  override readonly name = "NoEvidence";
}

/** Asserts, from outside the answer, that the test did what it set out to do. @throws {NoEvidence} */
export function evidence(seen: boolean, what: string): asserts seen {
  if (!seen) throw new NoEvidence(`Expected to see, before judging: ${what}`);
}
