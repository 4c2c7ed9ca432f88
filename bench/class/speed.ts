import type { ExerciseResult } from "../../packages/report/src/index.ts";
import type { Learner } from "./handed-in.ts";

export interface Measured {
  learners: Learner[];
  /** Milliseconds of both runs. */
  took: number;
  jobs: number;
  /** How many graded answers the killed run had written. */
  kept: number;
}

/** How fast it went, and what took longest. */
export function speedText(
  results: (ExerciseResult & { id: string })[],
  { learners, took, jobs, kept }: Measured,
): string {
  const graded = results.filter(({ seed }) => seed !== "");
  // What has the same bytes is graded once.
  const distinct = new Set(graded.map(({ seed }) => seed)).size;
  const aMinute = (count: number): string => `${(count / (took / 60_000)).toFixed(1)} a minute`;
  const slowest = graded.toSorted((a, b) => b.duration - a.duration).slice(0, 5);
  const named = slowest.map(({ id, exercise, duration }) => {
    const its = learners.find((each) => each.id === id)?.handedIn.find(({ label }) => label === exercise);
    return `${[exercise, its?.kind, its?.name].filter(Boolean).join(" ")} ${(duration / 1000).toFixed(1)} s`;
  });
  return [
    `${(took / 1000).toFixed(0)} s for both runs, with ${jobs} jobs: ${learners.length} submissions, ${aMinute(learners.length)}`,
    `${distinct} answers graded, ${aMinute(distinct)}; ${graded.length - distinct} more had the bytes of another`,
    `${kept} of them were kept from the killed run; the slowest: ${named.join("; ")}`,
  ].join("\n");
}
