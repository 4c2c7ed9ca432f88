import type { Seal } from "./grade-report.ts";
import { count } from "./summary.ts";

/** What an instructor may believe, in words. */
export interface SealWords {
  state: "pass" | "fail" | "error";
  headline: string;
  /** What it means for the marks. */
  meaning: string;
  canaries: string;
}

export function sealWords({ level, canaries }: Seal): SealWords {
  const broken = canaries.filter(({ held }) => !held).length;
  const told =
    canaries.length === 0
      ? "No trial answers were graded beforehand: nothing shows that the level holds on this machine."
      : broken === 0
        ? `Before the class, ${count(canaries.length, "trial answer")} were graded in the same way, cheats among them. Each came out as it must.`.replace(
            "1 trial answer were",
            "1 trial answer was",
          )
        : `${broken} of ${count(canaries.length, "trial answer")} did not come out as it must.`;
  if (broken > 0)
    return {
      state: "fail",
      headline: `Do not rely on these marks: ${count(broken, "trial answer")} got through`,
      meaning: "Answers that were graded to try the grader came out wrong. Find out why, and grade again.",
      canaries: told,
    };
  if (level === "sealed")
    return {
      state: canaries.length === 0 ? "error" : "pass",
      headline: "Sealed: these marks hold against cheats",
      meaning:
        "Each answer ran shut in, with no network but its own and no files but its own. It had no way to the solutions, to the tests or to this report.",
      canaries: told,
    };
  return {
    state: "error",
    headline: "Open, not sealed: these marks are for people you trust",
    meaning:
      "Each answer ran in a process of its own, with Node's permissions taken away, and could not reach the judge. It was not shut in: it could use the network, and read what the course's folders hold. Where marks count, grade on Linux with the seal.",
    canaries: told,
  };
}
