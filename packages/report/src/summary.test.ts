import { expect, test } from "vitest";
import { toLearnerHtml } from "./html/learner-html.ts";
import { toMarkdown } from "./markdown/markdown.ts";
import { remarksOn } from "./remarks.ts";
import { pointsText, percent, shareOf, summaryOf, timeText } from "./summary.ts";
import { toTerminal } from "./terminal/terminal.ts";
import { classReport, everyTest, failed, learner, unrun } from "./testing/class-report.ts";
import { sampleClass } from "./testing/sample-class.ts";

test("a class is counted to the last learner", () => {
  const report = sampleClass({ learners: 31 });
  const { exercises, shares, whole } = summaryOf(report);
  for (const [index, { counts, missed }] of exercises.entries()) {
    const results = report.submissions.map(({ results }) => results[index]);
    for (const status of ["pass", "fail", "error", "absent"] as const)
      expect(counts[status]).toBe(results.filter((result) => result?.status === status).length);
    for (const { title, fails, first, asked } of missed) {
      const failing = results.map((result) => result?.tests.filter((one) => one.status === "fail") ?? []);
      expect(fails).toBe(failing.filter((tests) => tests.some((one) => one.title === title)).length);
      expect(first).toBe(failing.filter(([test]) => test?.title === title).length);
      expect(asked).toBe(counts.pass + counts.fail);
    }
    expect(missed.map(({ fails }) => fails)).toEqual(
      missed.map(({ fails }) => fails).toSorted((a, b) => b - a),
    );
  }
  expect(shares).toHaveLength(31);
  expect(whole).toBe(shares.filter((share) => share === 1).length);
});

test("the median is the middle one, or between the two", () => {
  const { submissions, ...rest } = sampleClass({ learners: 3 });
  const classOf = (...points: number[]): number =>
    summaryOf({
      ...rest,
      submissions: points.flatMap((points, index) => {
        const submission = submissions[index % 3];
        return submission === undefined ? [] : [{ ...submission, points, maxPoints: 100 }];
      }),
    }).median;
  expect(classOf()).toBe(0);
  expect(classOf(40)).toBe(0.4);
  expect(classOf(90, 10, 20)).toBe(0.2);
  expect(classOf(10, 20, 90, 40)).toBeCloseTo(0.3);
});

test("tests and exercises named like an object's own are counted like others", () => {
  const report = sampleClass({ learners: 2 });
  const [exercise] = report.exercises;
  const [submission] = report.submissions;
  const [result] = submission?.results ?? [];
  if (exercise === undefined || submission === undefined || result === undefined)
    throw new Error("no sample");
  const tests = ["__proto__", "constructor"].map((title) => ({
    title,
    status: "fail" as const,
    duration: 1,
    points: 0,
    maxPoints: 5,
    why: "",
    read: "",
    hint: "",
    output: "",
  }));
  const { exercises } = summaryOf({
    ...report,
    exercises: [{ ...exercise, label: "__proto__" }],
    submissions: [{ ...submission, results: [{ ...result, exercise: "__proto__", status: "fail", tests }] }],
  });
  expect(exercises[0]?.missed.map(({ title, fails, first }) => [title, fails, first])).toEqual([
    ["__proto__", 1, 1],
    ["constructor", 1, 0],
  ]);
});

test("figures are short, and never say all or nothing where it is not", () => {
  expect([0, 0.001, 0.5, 0.999, 1].map(percent)).toEqual(["0 %", "1 %", "50 %", "99 %", "100 %"]);
  expect([10, 6.67, 0.1 + 0.2, 3.333].map(pointsText)).toEqual(["10", "6.67", "0.3", "3.33"]);
  expect(shareOf({ points: 1, maxPoints: 0 })).toBe(0);
  expect(timeText("2026-11-23T09:11:02.120Z")).toBe("2026-11-23 09:11 UTC");
  expect(timeText("yesterday")).toBe("yesterday");
});

test("an answer that was not run fails, says why, and stands at no test", () => {
  const erin = learner("erin", unrun);
  const report = { ...classReport, submissions: [erin] };
  const [exercise] = summaryOf(report).exercises;
  expect([exercise?.counts.fail, exercise?.missed]).toEqual([1, []]);
  expect(remarksOn(report, erin)).toEqual([`04-framing: ${unrun.reason}`]);
  for (const text of [toLearnerHtml(report, "erin"), toTerminal(report)])
    expect(text.split(unrun.reason ?? "")).toHaveLength(2);
  expect(toMarkdown(report)).toContain(`**✗ \`04-framing\`** ${unrun.reason}`);
});

test("answers that no test could ask do not count for what is hard, and are counted apart", () => {
  const submissions = [
    learner("ann", failed),
    learner("kim", everyTest(failed, { status: "fail", obstacle: "loading" })),
    learner("erin", everyTest(failed, { status: "fail", obstacle: "ended" })),
    learner("dave", { ...everyTest(failed, { status: "fail" }), isStub: true }),
  ];
  const { exercises, unasked } = summaryOf({ ...classReport, submissions });
  expect(exercises[0]?.counts.fail).toBe(4);
  expect(exercises[0]?.missed).toEqual([expect.objectContaining({ fails: 1, first: 1, asked: 1 })]);
  expect(unasked).toEqual({ loading: 1, ended: 1, stub: 1 });
});
