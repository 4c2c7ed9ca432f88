import { resetPeakMemory } from "../process/kernel.ts";
import type { AnswerStatistics } from "./remote.ts";
import type { Session } from "./session.ts";

export function statistics(session: Session): AnswerStatistics {
  const view = () => {
    const now = session.process().kernelView();
    if (now === undefined)
      throw new NoEvidence("the kernel does not tell CPU time and memory of a process here (no /proc)");
    return now;
  };
  return {
    get started() {
      return session.started;
    },
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
