import type { Course } from "./course.ts";
import { lastPass } from "./progress-state.ts";
import type { Progress } from "./progress.ts";

/** An exercise that has passed, and since when it may be done again, in milliseconds since 1970. */
export interface Review {
  label: string;
  dueAt: number;
}

/** Those that have passed and are not under review now, the first to be due in front. */
export function reviews({ labels }: Course, { exercises }: Progress, days: number): Review[] {
  return labels
    .flatMap((label) => {
      const entry = exercises.get(label);
      const passed = entry === undefined ? undefined : lastPass(entry);
      if (passed === undefined || entry?.reviewingSince !== undefined) return [];
      return [{ label, dueAt: passed + days * 24 * 60 * 60 * 1000 }];
    })
    .toSorted((a, b) => a.dueAt - b.dueAt);
}

/** One of those that are due, whichever. */
export function pickReview(
  all: Review[],
  now = Date.now(),
  chance: () => number = Math.random,
): Review | undefined {
  const due = all.filter(({ dueAt }) => dueAt <= now);
  return due[Math.floor(chance() * due.length)];
}
