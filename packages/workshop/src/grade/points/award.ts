import type { Verdict } from "@tcpip-workshop/grader";
import type { GradedPoints } from "./points.ts";
import { cents, points, shareOut } from "./shares.ts";

/** What a verdict is worth, in points of two decimals at most. */
export interface Award {
  points: number;
  maxPoints: number;
  /**
   * In teaching order; their sums are the points and the most points, to the cent. So what a test counts may differ by a cent from
   * learner to learner.
   */
  perTest: { title: string; points: number; maxPoints: number }[];
}

/**
 * All points for `pass`; for `fail`, as much of them as the passed tests weigh of all, summed first and rounded once: 12 of 15
 * equal tests of 10 points are 8. For `error`, or without a verdict, none.
 */
export function award(graded: GradedPoints, verdict: Pick<Verdict, "status" | "tests"> | undefined): Award {
  const weights = weightsOf(graded);
  const passed = graded.tests.map(({ title }) => hasPassed(title, verdict));
  const all = sum(weights);
  const total = cents(graded.points);
  const earned = all === 0 ? 0 : Math.round((total * sum(weights.filter((_, index) => passed[index]))) / all);
  // The rest of the cents is shared out on either side apart: no list of tests adds up to another sum than the learner's.
  const sides = [shares(weights, passed, true, earned), shares(weights, passed, false, total - earned)];
  const perTest = graded.tests.map(({ title }, index) => {
    const maxPoints = points((sides[0]?.[index] ?? 0) + (sides[1]?.[index] ?? 0));
    return { title, points: passed[index] === true ? maxPoints : 0, maxPoints };
  });
  return { points: points(earned), maxPoints: graded.points, perTest };
}

/** Their sum, to the cent: 0.1 and 0.2 are 0.3. */
export function sumOfPoints(all: number[]): number {
  return points(all.reduce((sum, each) => sum + cents(each), 0));
}

/** Weights of nothing but 0 count alike. Hundredths, whole. */
function weightsOf({ tests }: GradedPoints): number[] {
  const weights = tests.map(({ weight }) => cents(weight));
  return sum(weights) === 0 ? weights.map(() => 1) : weights;
}

/** Of a number of cents, for those on one side; 0 for the others. */
function shares(weights: number[], passed: boolean[], side: boolean, total: number): number[] {
  const own = weights.map((weight, index) => (passed[index] === side ? weight : 0));
  return total === 0 ? own.map(() => 0) : shareOut(total, own);
}

function sum(numbers: number[]): number {
  return numbers.reduce((all, one) => all + one, 0);
}

/** A verdict that says pass and names no such test, or a failed one, is none to give points for. */
function hasPassed(title: string, verdict: Pick<Verdict, "status" | "tests"> | undefined): boolean {
  if (verdict === undefined || verdict.status === "error") return false;
  const named = verdict.tests.filter((test) => test.title === title);
  return named.length > 0 && named.every(({ status }) => status === "pass");
}
