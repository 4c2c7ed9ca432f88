import { expect, test } from "vitest";
import { absent, classReport, learner } from "../testing/class-report.ts";
import { sampleClass } from "../testing/sample-class.ts";
import { toClassHtml } from "./class-html.ts";
import { toLearnerHtml } from "./learner-html.ts";

test("a class that was sealed says so before anything else", () => {
  const html = toClassHtml(sampleClass({ learners: 3 }));
  expect(html.indexOf("Sealed: these marks hold against cheats")).toBeLessThan(html.indexOf("<table"));
  expect(html).toContain("First came 4 trials, right answers and cheats, and each came out as it must.");
});

test("a class that was not sealed, or whose canaries did not hold, warns", () => {
  const open = toClassHtml(sampleClass({ learners: 3, level: "open" }));
  expect(open).toContain("Open, not sealed");
  expect(open).toContain("Why not sealed: ");
  const broken = toClassHtml(sampleClass({ learners: 3, broken: 2 }));
  expect(broken).toContain("Do not rely on these marks: 2 trials came out wrong");
  expect(broken).not.toContain("these marks hold");
});

test("a class without learners or exercises is a page, too", () => {
  const report = sampleClass({ learners: 0 });
  expect(toClassHtml(report)).toContain("Grading of 0 learners");
  expect(toClassHtml({ ...report, exercises: [] })).toContain("0 exercises");
});

test("a learner's page names no other learner", () => {
  const html = toLearnerHtml(sampleClass({ learners: 3, ids: ["zoe-unmistakable", "bob", "max"] }), "bob");
  expect(html).toContain("<bdi>bob</bdi>");
  expect(html).not.toContain("zoe-unmistakable");
});

test("a learner reads why something counts as not handed in, once", () => {
  const eve = learner("eve", absent);
  const page = (problem?: string): string =>
    toLearnerHtml({ ...classReport, submissions: [{ ...eve, ...(problem && { problem }) }] }, "eve");
  expect(page().split("The untouched stub.")).toHaveLength(2);
  expect(page("The untouched stub.").split("The untouched stub.")).toHaveLength(2);
});

test("a learner's page has the failure, the seed and the hashes", () => {
  const report = sampleClass({ learners: 30 });
  const submission = report.submissions.find(({ results }) =>
    results.some(({ status }) => status === "fail"),
  );
  const result = submission?.results.find(({ status }) => status === "fail");
  const html = toLearnerHtml(report, submission?.id ?? "");
  for (const text of [result?.seed, result?.answerHash, report.exercises[0]?.suiteHash, "26.10.0"])
    expect(html).toContain(text);
  expect(html).toContain("→ [0] 68 65 79\n       [1] 79 6f 75");
});

test("an id that nobody has is refused in words", () => {
  expect(() => toLearnerHtml(sampleClass({ learners: 2 }), "__proto__")).toThrow(
    'Expected the id of one of 2 submissions, got "__proto__"',
  );
});

test("a line of a megabyte is cut, and leaves a page that can be opened", () => {
  const report = sampleClass({ learners: 30 });
  const long = "x".repeat(1_000_000);
  const submissions = report.submissions.map((submission) => ({
    ...submission,
    source: long,
    refused: [{ path: long, reason: long }],
    results: submission.results.map((result) => ({
      ...result,
      reason: long,
      tests: result.tests.map((one) => ({ ...one, text: long, output: long, why: long })),
    })),
  }));
  const id = submissions.find(({ results }) => results.some(({ status }) => status === "fail"))?.id ?? "";
  const html = toLearnerHtml({ ...report, submissions }, id);
  expect(html).toContain("characters more");
  expect(html.length).toBeLessThan(200_000);
  expect(toClassHtml({ ...report, submissions }).length).toBeLessThan(200_000);
});
