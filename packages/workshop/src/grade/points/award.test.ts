import { describe, expect, test } from "vitest";
import { award, sumOfPoints } from "./award.ts";
import type { GradedPoints } from "./points.ts";
import { shareOut } from "./shares.ts";

type Judged = NonNullable<Parameters<typeof award>[1]>;

function graded(points: number, weights: number[]): GradedPoints {
  return {
    label: "04-framing",
    points,
    tests: weights.map((weight, index) => ({ title: `t${index}`, weight })),
  };
}

/** `"pf"`: the first test passed, the second failed. */
function verdict(letters: string, status?: Judged["status"]): Judged {
  const tests = Array.from(letters, (letter, index) => ({
    title: `t${index}`,
    status: letter === "p" ? ("pass" as const) : ("fail" as const),
    duration: 1,
    why: "",
    read: "",
    hint: "",
    output: "",
  }));
  return { status: status ?? (letters.includes("f") ? "fail" : "pass"), tests };
}

describe("an award", () => {
  test("is all points for a pass, and what the passed tests count for a fail", () => {
    expect(award(graded(10, [1, 1, 1]), verdict("ppp")).points).toBe(10);
    expect(award(graded(10, [1, 1, 1]), verdict("pfp"))).toEqual({
      points: 6.67,
      maxPoints: 10,
      perTest: [
        { title: "t0", points: 3.34, maxPoints: 3.34 },
        { title: "t1", points: 0, maxPoints: 3.33 },
        { title: "t2", points: 3.33, maxPoints: 3.33 },
      ],
    });
    expect(award(graded(20, [3, 1]), verdict("pf")).points).toBe(15);
    expect(award(graded(20, [0, 1]), verdict("pf")).points).toBe(0);
  });

  test("is summed first and rounded once: equal tests count the same, whichever they are", () => {
    const due = graded(
      10,
      Array.from({ length: 15 }, () => 1),
    );
    for (const letters of ["ppppppppppppfff", "fffpppppppppppp", "pfpppfpppfppppp"]) {
      const got = award(due, verdict(letters));
      expect(got.points).toBe(8);
      expect(sumOfPoints(got.perTest.map((each) => each.points))).toBe(8);
      expect(sumOfPoints(got.perTest.map((each) => each.maxPoints))).toBe(10);
    }
    expect(award(due, verdict("ppfffffffffffff")).points).toBe(1.33);
    expect(award(due, verdict("ppppppppppfffff")).points).toBe(6.67);
  });

  test("is nothing without a verdict, and for one that says nothing of the answer", () => {
    for (const none of [undefined, verdict("pp", "error")]) {
      expect(award(graded(10, [1, 3]), none)).toEqual({
        points: 0,
        maxPoints: 10,
        perTest: [
          { title: "t0", points: 0, maxPoints: 2.5 },
          { title: "t1", points: 0, maxPoints: 7.5 },
        ],
      });
    }
  });

  test("gives nothing for a test that the verdict does not name, or names twice and once as failed", () => {
    expect(award(graded(10, [1, 1]), verdict("p", "pass")).points).toBe(5);
    const twice = verdict("pp");
    for (const [index, each] of twice.tests.entries()) {
      each.title = "t0";
      each.status = index === 0 ? "pass" : "fail";
    }
    expect(award(graded(10, [1, 1]), twice).points).toBe(0);
  });

  test("adds up to the cent, whichever tests passed, and never falls by one that passes more", () => {
    const weightings = [
      [1],
      [1, 1, 1],
      [3, 1, 1, 0.5],
      [7, 0, 0.01],
      [1, 1, 1, 1, 1, 1, 1],
      [0.33, 0.33, 0.34],
    ];
    let tried = 0;
    for (const points of [0, 0.01, 0.05, 1, 9.99, 10, 33.33, 10_000]) {
      for (const weights of weightings) {
        const due = graded(points, weights);
        for (let mask = 0; mask < 2 ** weights.length; mask++) {
          const letters = weights.map((_, index) => ((mask >> index) & 1 ? "p" : "f")).join("");
          const got = award(due, verdict(letters));
          expect(got.points).toBe(sumOfPoints(got.perTest.map((each) => each.points)));
          expect(sumOfPoints(got.perTest.map((each) => each.maxPoints))).toBe(points);
          expect(got.points).toBeLessThanOrEqual(points);
          const all = weights.reduce((sum, weight) => sum + weight, 0);
          const passed = weights.reduce((sum, weight, at) => sum + (letters[at] === "p" ? weight : 0), 0);
          expect(Math.abs(got.points - (points * passed) / all)).toBeLessThan(0.00501);
          for (const [index, each] of got.perTest.entries())
            expect(each.points).toBe(letters[index] === "p" ? each.maxPoints : 0);
          const more = award(due, verdict(letters.replace("f", "p")));
          expect(more.points).toBeGreaterThanOrEqual(got.points);
          if (!letters.includes("f")) expect(got.points).toBe(points);
          tried++;
        }
      }
    }
    expect(tried).toBe(8 * (2 + 8 + 16 + 8 + 128 + 8));
  });

  test("is summed without binary rests", () => {
    expect(sumOfPoints([0.1, 0.2])).toBe(0.3);
    expect(sumOfPoints(Array.from({ length: 10_000 }, () => 0.01))).toBe(100);
    expect(sumOfPoints([])).toBe(0);
  });
});

test("shares differ from the exact ones by less than one, and of equals the first gets more", () => {
  expect(shareOut(1000, [1, 1, 1])).toEqual([334, 333, 333]);
  expect(shareOut(1, [0, 0])).toEqual([1, 0]);
  expect(shareOut(5, [])).toEqual([]);
  for (let total = 0; total <= 60; total++) {
    const weights = [total % 7, 2.5, 0.01, (total * 13) % 11];
    const sum = weights.reduce((all, weight) => all + weight, 0);
    const shares = shareOut(total, weights);
    expect(shares.reduce((all, share) => all + share, 0)).toBe(total);
    for (const [index, share] of shares.entries())
      expect(Math.abs(share - (total * (weights[index] ?? 0)) / sum)).toBeLessThan(1);
  }
});
