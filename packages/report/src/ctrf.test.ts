import * as fc from "fast-check";
import { expect, test } from "vitest";
import { toCtrf } from "./ctrf.ts";
import { classReport } from "./testing/class-report.ts";
import { expectHarmless, expectNoMarkup } from "./testing/harmless.ts";
import { hostileReport } from "./testing/hostile.ts";
import { errorsOf, isCtrf } from "./testing/schemas.ts";

interface Ctrf {
  results: {
    summary: { [name: string]: number };
    tests: { name: string; status: string; suite: string[]; message?: string; stdout?: string[] }[];
  };
}

test("a class is what CTRF's schema asks for", () => {
  expect(errorsOf(isCtrf, toCtrf(classReport))).toEqual([]);
});

test("the schema's check can fail", () => {
  expect(errorsOf(isCtrf, toCtrf(classReport).replace('"passed"', '"green"'))).not.toEqual([]);
});

test("an error is `other`, an absent answer is skipped, and the summary counts them", () => {
  const { summary } = (JSON.parse(toCtrf(classReport)) as Ctrf).results;
  expect(summary).toEqual({
    tests: 12,
    passed: 5,
    failed: 1,
    skipped: 3,
    pending: 0,
    other: 3,
    suites: 4,
    start: Date.UTC(2026, 10, 23, 9, 0, 0),
    stop: Date.UTC(2026, 10, 23, 9, 3, 20, 500),
    duration: 200_500,
  });
});

test("a failed test names the learner and the exercise, and keeps message and output", () => {
  const { tests } = (JSON.parse(toCtrf(classReport)) as Ctrf).results;
  expect(tests.find(({ status }) => status === "failed")).toMatchObject({
    name: "returns both frames when one chunk carries two",
    suite: ["bob", "04-framing"],
    duration: 13,
    message: expect.stringMatching(
      /^We pushed 14 bytes\.\nExpected 2 frames, got 1\n\nWhy it matters: /,
    ) as string,
    stdout: ["pushed", ""],
  });
});

test("whatever strangers write, it keeps to the schema, adds up, and gives no orders", () => {
  fc.assert(
    fc.property(hostileReport, (report) => {
      const text = toCtrf(report);
      expect(errorsOf(isCtrf, text)).toEqual([]);
      expectHarmless(text);
      expectNoMarkup(text);
      const { summary, tests } = (JSON.parse(text) as Ctrf).results;
      expect(tests).toHaveLength(summary["tests"] ?? -1);
      for (const { message, stdout } of tests) expectHarmless([message, ...(stdout ?? [])].join("\n"));
    }),
  );
});
