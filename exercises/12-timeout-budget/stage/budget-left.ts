import { expect } from "@tcpip-workshop/grader/suite";
import type { Heard } from "./next-hop.ts";

/** What was told is what is left: no more than `most`, and no less than the time since `sent` explains. */
export function isLeft(heard: Heard | undefined, most: number, sent: number, rule: string): void {
  const [told, at] = [heard?.told ?? NaN, heard?.at ?? 0];
  const least = Math.floor(most - (at - sent)) - 2;
  const shown = `at most ≈${most}, and not less than ≈${least}`;
  if (told >= least && told <= most) return;
  expect(`≈${told}, which is too ${told > most ? "much" : "little"}`, rule).toBe(shown);
}

/** The same for the attempts behind the first one, after these pauses in all. */
export function areLeft(heard: Heard[], pauses: number[], sent: number, rule: string): void {
  for (const [retry, pause] of pauses.entries()) {
    // A timer may ring a millisecond too soon, and what is told is rounded.
    const most = (heard[0]?.told ?? NaN) - pause + 2 * (retry + 1);
    isLeft(heard[retry + 1], most, sent, rule);
  }
}
