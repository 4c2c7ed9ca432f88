import * as fc from "fast-check";
import { expect, test } from "vitest";
import { toClassroom } from "./classroom.ts";
import { graded } from "./outcome.ts";
import { absent, broken, everyTest, failed, framing, passed } from "./testing/class-report.ts";
import { expectHarmless } from "./testing/harmless.ts";
import { hostileReport } from "./testing/hostile.ts";
import { errorsOf, isClassroom } from "./testing/schemas.ts";

interface Result {
  status: string;
  max_score: number;
  tests: { name: string; status: string; score: number; message: string; test_code: string }[];
}

test("a right answer gets all points, a test at a time", () => {
  const { status, max_score: maxScore, tests } = decode(toClassroom(framing, passed));
  expect({ status, maxScore }).toEqual({ status: "pass", maxScore: 10 });
  expect(tests.map(({ score }) => score)).toEqual([2.5, 5, 2.5]);
});

test("a failed test gets none, and the log shows why below its name", () => {
  const { status, tests } = decode(toClassroom(framing, failed));
  expect(status).toBe("fail");
  expect(tests[1]).toMatchObject({ status: "fail", score: 0, line_no: 0, filename: "" });
  expect(tests[1]?.test_code).toMatch(/^We pushed 14 bytes\.\nExpected 2 frames, got 1\n/);
});

test.each([
  ["an answer of which nothing can be said", broken, "The answer's process could not be started."],
  ["an absent answer", absent, "The untouched stub."],
])("%s is one test that errored, without points", (_, result, message) => {
  expect(decode(toClassroom(framing, result))).toMatchObject({
    status: "error",
    max_score: 10,
    tests: [{ name: "04-framing", status: "error", score: 0, message }],
  });
});

test("it fits into an environment variable, however much there is to say", () => {
  const loud = everyTest(failed, { status: "fail", text: "\u{1f600}".repeat(500_000) });
  const encoded = toClassroom(framing, loud);
  expect(encoded.length).toBeLessThanOrEqual(100_000);
  expect(decode(encoded).tests[0]?.message).toMatch(/\(cut: it had 1000\d\d\d characters\)$/);
});

test("whatever strangers write, it keeps to the format, and what the reporter prints gives no orders", () => {
  fc.assert(
    fc.property(hostileReport, (report) => {
      for (const { exercise, result } of report.submissions.flatMap((one) => graded(report, one))) {
        const encoded = toClassroom(exercise, result);
        expect(encoded).toMatch(/^[A-Za-z0-9+/]+=*$/);
        const decoded = decode(encoded);
        expect(errorsOf(isClassroom, JSON.stringify(decoded))).toEqual([]);
        for (const one of decoded.tests) expectHarmless(`${one.name}\n${one.message}\n${one.test_code}`);
      }
    }),
  );
});

function decode(encoded: string): Result {
  return JSON.parse(Buffer.from(encoded, "base64").toString("utf8")) as Result;
}
