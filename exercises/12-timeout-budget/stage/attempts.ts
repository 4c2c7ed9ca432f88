import { expect } from "@tcpip-workshop/grader/suite";
import type { Attempt, Policy } from "../budget.ts";
import type { HopProcess } from "./hop.ts";

/**
 * With a margin of 40, a pause of 25, and 300 for an attempt: what is left, how many calls have failed; `at` and `until` from now,
 * and the budget; why.
 */
export const planned = [
  [200, 0, 0, 200, 160, "The hop waits until its deadline, 200 from now, and the next one has 40 less"],
  [5000, 0, 0, 300, 260, "The deadline is 5,000 away: the hop waits `attemptTimeout`, 300, for one call"],
  [5000, 1, 25, 325, 260, "After 1 failure the pause is 25, and the call's own time begins behind it"],
  [5000, 2, 50, 350, 260, "After 2 failures the pause is 50, and the call's own time begins behind it"],
  [5000, 3, 100, 400, 260, "After 3 failures the pause is 100, and the call's own time begins behind it"],
  [5000, 4, 200, 500, 260, "After 4 failures the pause is 200, and the call's own time begins behind it"],
  [200, 2, 50, 200, 110, "The pause of 50 comes out of the 200 that are left, as everything does"],
] as const;

/** With a margin of 40, a pause of 25, `least` of 30: what is left, how many calls have failed, and why there is no attempt. */
export const hopeless = [
  [69, 0, "69 less the margin of 40 is 1 below `least`"],
  [94, 1, "94 less the pause of 25 and the margin of 40 is 1 below `least`"],
  [0, 0, "The deadline is now"],
  [-500, 0, "The deadline has passed"],
  [5000, 4, "Four attempts are allowed, and four have failed"],
] as const;

/** What came, and what is due, as a reader sees it: counted from `now`, which is any number. */
export function isPlanned(
  attempt: Attempt | undefined,
  due: Attempt | undefined,
  now: number,
  rule: string,
): void {
  const [received, expected] = [relative(attempt, now), relative(due, now)];
  if (received !== expected) expect(received, rule).toBe(expected);
  expect(attempt, rule).toEqual(due);
}

function relative(attempt: Attempt | undefined, now: number): string {
  if (typeof attempt !== "object" || attempt === null)
    return attempt === undefined ? "no attempt" : String(attempt);
  const point = (at: unknown): string => {
    if (typeof at !== "number" || !(at > now / 2)) return String(at);
    return at === now ? "now" : `now ${at < now ? "-" : "+"} ${Math.abs(at - now)}`;
  };
  return `at ${point(attempt.at)}, until ${point(attempt.until)}, budget ${String(attempt.budget)}`;
}

/** With 600 left: how long each call takes until it fails, and what each is told. */
export const played = [
  [10, [260, 260, 260, 260]],
  [100, [260, 260, 260, 85]],
  [200, [260, 260, 85]],
  [300, [260, 235]],
] as const;

/** A request played through on paper, in which each call fails after `takes`. @returns what each was told */
export async function playThrough(
  process: HopProcess,
  plan: Policy,
  now: number,
  deadline: number,
  takes: number,
): Promise<number[]> {
  const told: number[] = [];
  for (let time = now, next; (next = await process.nextAttempt(plan, deadline, time, told.length));) {
    told.push(next.budget);
    time = Math.min(next.until, next.at + takes);
  }
  return told;
}
