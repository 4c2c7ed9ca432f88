import type { Verdict } from "@tcpip-workshop/grader";
import type { GradedPoints } from "./points.ts";
import { cents, points, shareOut } from "./shares.ts";

/** What a verdict is worth, in points of two decimals at most. */
export interface Award {
  points: number;
  maxPoints: number;
  /** In teaching order; their sums are the points and the most points, to the cent. */
  perTest: { title: string; points: number; maxPoints: number }[];
}

/**
 * All points for `pass`; for `fail`, what the passed tests count; for `error`, or without a verdict, none. Each test counts
 * as much of the exercise's points as its weight is of all weights, rounded so that nothing is lost.
 */
export function award(graded: GradedPoints, verdict: Pick<Verdict, "status" | "tests"> | undefined): Award {
  const shares = shareOut(
    cents(graded.points),
    graded.tests.map(({ weight }) => weight),
  );
  const perTest = graded.tests.map(({ title }, index) => {
    const share = points(shares[index] ?? 0);
    return { title, points: hasPassed(title, verdict) ? share : 0, maxPoints: share };
  });
  return { points: sumOfPoints(perTest.map((test) => test.points)), maxPoints: graded.points, perTest };
}

/** Their sum, to the cent: 0.1 and 0.2 are 0.3. */
export function sumOfPoints(all: number[]): number {
  return points(all.reduce((sum, each) => sum + cents(each), 0));
}

/** A verdict that says pass and names no such test, or a failed one, is none to give points for. */
function hasPassed(title: string, verdict: Pick<Verdict, "status" | "tests"> | undefined): boolean {
  if (verdict === undefined || verdict.status === "error") return false;
  const named = verdict.tests.filter((test) => test.title === title);
  return named.length > 0 && named.every(({ status }) => status === "pass");
}
