import * as fc from "fast-check";
import { expect, test } from "vitest";
import { toJunit } from "./junit.ts";
import { classReport, everyTest, failed, learner } from "./testing/class-report.ts";
import { expectHarmless, expectNoMarkup } from "./testing/harmless.ts";
import { hostileReport } from "./testing/hostile.ts";
import { junitErrors } from "./testing/junit-schema.ts";

test("a class is what Jenkins's schema asks for", async () => {
  expect(await junitErrors([toJunit(classReport)])).toEqual([]);
});

test("the schema's check can fail", async () => {
  const forged = toJunit(classReport).replace("<properties>", "<verdict/><properties>");
  expect(await junitErrors([forged])).not.toEqual([]);
  expect(await junitErrors([toJunit(classReport).replace("</testsuites>", "")])).not.toEqual([]);
});

test("each learner and exercise is a suite that counts each expected test", () => {
  const suites = [...toJunit(classReport).matchAll(/<testsuite (.*?) time=/g)].map(
    ([, attributes]) => attributes,
  );
  expect(suites).toEqual([
    'name="alice.04-framing" tests="3" failures="0" errors="0" skipped="0"',
    'name="bob.04-framing" tests="3" failures="1" errors="0" skipped="0"',
    'name="carol.04-framing" tests="3" failures="0" errors="3" skipped="0"',
    'name="dave.04-framing" tests="3" failures="0" errors="0" skipped="3"',
  ]);
});

test("a failed test says what came, why it matters and where to read, and keeps what was printed", () => {
  const text = toJunit({ ...classReport, submissions: [learner("bob", failed)] });
  expect(text).toContain(
    [
      '<testcase name="returns both frames when one chunk carries two" classname="bob.04-framing" time="0.013">',
      '<failure message="We pushed 14 bytes. Expected 2 frames, got 1 Why it matters: One read may carry two messages.',
      ' Read: RFC 9293, section 2.2 Hint: What is left in the buffer?" type="failed">',
      "We pushed 14 bytes.\nExpected 2 frames, got 1\n\nWhy it matters: One read may carry two messages.\n\n",
      "Read: RFC 9293, section 2.2\n\nHint: What is left in the buffer?</failure>",
      "<system-out>pushed\n</system-out></testcase>",
    ].join(""),
  );
});

test("a result that failed without a failed test is an error, and no test of it passed", () => {
  const contradiction = {
    ...failed,
    tests: failed.tests.map((one) => ({ ...one, status: "pass" as const })),
  };
  expect(toJunit({ ...classReport, submissions: [learner("bob", contradiction)] })).toContain(
    'tests="3" failures="0" errors="3"',
  );
});

test(
  "whatever strangers write, it is XML 1.0, keeps to the schema, and gives no orders",
  { timeout: 120_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(hostileReport, { minLength: 10, maxLength: 10 }), async (reports) => {
        const documents = reports.map((report) => toJunit(report));
        for (const document of documents) {
          expectHarmless(document);
          expectNoMarkup(document);
        }
        expect(await junitErrors(documents)).toEqual([]);
      }),
      { numRuns: 6 },
    );
  },
);

test("a megabyte that was printed is cut, and says so", async () => {
  const loud = {
    ...failed,
    tests: failed.tests.map((one) => ({ ...one, output: "]]>&<\n".repeat(175_000) })),
  };
  const text = toJunit({ ...classReport, submissions: [learner("bob", loud)] });
  expect(text.length).toBeLessThan(300_000);
  expect(text).toContain("(cut: it had 1050000 characters)");
  expect(await junitErrors([text])).toEqual([]);
});

test("a class that prints too much for GitLab gets less room for each text", () => {
  const loud = everyTest(failed, { output: "<".repeat(16_000) });
  const submissions = Array.from({ length: 130 }, (_, place) => learner(`learner-${place}`, loud));
  // As `&#60;`, so 31 MB.
  const text = toJunit({ ...classReport, submissions });
  expect(text.match(/<testsuite /g)).toHaveLength(130);
  expect(text.match(/\(cut: it had 16000 characters\)/g)).toHaveLength(390);
  expect(Buffer.byteLength(text)).toBeLessThan(30_000_000);
  expect(Buffer.byteLength(text)).toBeGreaterThan(390 * 3900 * 5);
});
