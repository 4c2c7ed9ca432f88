import { expect, test } from "vitest";
import { absent, classReport, everyTest, failed, learner, passed } from "../testing/class-report.ts";
import { sampleClass } from "../testing/sample-class.ts";
import { troubledClass } from "../testing/troubled-class.ts";
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

test("a class's page says what is nobody's, who ended their process, who prints orders, and who has the same file", () => {
  const page = toClassHtml(troubledClass({ learners: 8 }));
  for (const text of [
    "nobody&#39;s: mia.ts",
    "04-framing: its process ended itself, without an error, in 6 of 6 tests",
    "04-framing: printed lines that look like commands to a CI",
    "Refused exercises/04-framing/Framing.ts: The name has to be framing.ts, exactly so.",
    "Not counted here: 1 answer that could not be loaded or lacks an export, 1 answer whose process ended itself.",
    '<h2 id="same">The same file</h2>',
    "says nothing of who was first",
    "李 雷",
  ])
    expect(page).toContain(text);
  expect(toClassHtml(sampleClass({ learners: 8 }))).not.toContain("The same file");
});

const pageOf = (submission: ReturnType<typeof learner>): string =>
  toLearnerHtml({ ...classReport, submissions: [submission] }, submission.id);

test("a learner's page has the name as it was written, and of the source the file's name alone", () => {
  const page = pageOf({ ...learner("Muller", passed), name: "Müller", source: "/home/ann/class/Müller.zip" });
  expect(page).toContain("<h1><bdi>Müller</bdi></h1>");
  expect(page).toContain("From <code>Müller.zip</code> (zip)");
  expect(page).not.toContain("/home/ann");
  expect(pageOf({ ...learner("x", passed), kind: "git", source: "alice/main" })).toContain(
    "<code>alice/main</code>",
  );
});

test("below a failure stands what gives it again, and no advice where no test could ask", () => {
  const page = pageOf(learner("bob", failed));
  expect(page).toContain("<code>pnpm test 04 --seed 0123456789abcdef0123456789abcdef</code>");
  expect(page).toContain("Why it matters");
  const kim = pageOf(learner("kim", everyTest(failed, { obstacle: "loading" })));
  expect(kim).toContain("pnpm test 04");
  for (const advice of ["Why it matters", "Where to read", "Hint", "RFC 9293"])
    expect(kim).not.toContain(advice);
});

test("what the code printed is there for each test that fails, folded, and for none that passes", () => {
  const tests = failed.tests.map((test, index) => ({
    ...test,
    status: index === 0 ? ("pass" as const) : ("fail" as const),
    output: `printed ${index}\n`,
  }));
  const page = pageOf(learner("bob", { ...failed, tests }));
  expect(page).not.toContain("printed 0");
  for (const printed of ["printed 1", "printed 2"]) expect(page.split(printed)).toHaveLength(2);
});

test("the untouched stub and a refused file are called so beside the –", () => {
  expect(pageOf(learner("dave", { ...absent, isStub: true }))).toMatch(/<b>–<\/b>\s+untouched stub/);
  // One that was graded, as it was asked for by name.
  const graded = learner("dave", { ...failed, isStub: true });
  expect(pageOf(graded)).toContain("This is the untouched stub");
  expect(toClassHtml({ ...classReport, submissions: [graded] })).toContain('<span class="note">stub</span>');
  const refused = [{ path: "Framing.ts", reason: "it has to be framing.ts" }];
  expect(pageOf({ ...learner("heidi", absent), refused })).toMatch(
    /<b>–<\/b>\s+refused[^]*Framing\.ts: it has to be framing\.ts/,
  );
});
