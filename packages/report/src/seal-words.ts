import type { Seal } from "./grade-report.ts";
import { count } from "./summary.ts";

/** What an instructor may believe, in words. */
export interface SealWords {
  state: "pass" | "fail" | "error";
  headline: string;
  /** What it means for the marks. */
  meaning: string;
  /** What was tried before the answers, and how it came out. */
  trials: string;
  /** Why the level is no better, as the machine said it, which is to be escaped; empty where none is. */
  why: string;
}

export function sealWords({ level, reason, canaries }: Seal): SealWords {
  const broken = canaries.filter(({ held }) => !held).length;
  const words = { trials: trialsText(canaries.length, broken), why: level === "open" ? reason : "" };
  if (broken > 0)
    return {
      ...words,
      state: "fail",
      headline: `Do not rely on these marks: ${count(broken, "trial")} came out wrong`,
      meaning: "The grading was tried before the answers, and did not hold. Find out why, and grade again.",
    };
  if (level === "sealed")
    return {
      ...words,
      state: canaries.length === 0 ? "error" : "pass",
      headline: "Sealed: these marks hold against cheats",
      meaning:
        "Each answer ran shut in: no network but its grading's own, no files but its own, Node's, and what it may import. It had no way to the solutions, to the tests or to this report.",
    };
  return {
    ...words,
    state: "error",
    headline: "Open, not sealed: these marks are for people you trust",
    meaning:
      "Each answer ran in a process of its own, under Node's permission model, and its word was not taken for anything. But it ran as the user who graded, and was not shut in: it could use the network, reach other processes, and leave files. Where marks count, grade on Linux with the seal.",
  };
}

function trialsText(all: number, broken: number): string {
  if (all === 0) return "No trials came first: nothing shows that the level holds on this machine.";
  if (broken === 0)
    return all === 1
      ? "First came a trial, and it came out as it must."
      : `First came ${count(all, "trial")}, right answers and cheats, and each came out as it must.`;
  return `Of ${count(all, "trial")}, ${broken} did not come out as they must.`;
}
