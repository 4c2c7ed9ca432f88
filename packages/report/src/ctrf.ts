import type { GradeReport } from "./grade-report.ts";
import { jsonText } from "./json-text.ts";
import { graded, outcomes, type Outcome } from "./outcome.ts";
import { oneLine, plainText } from "./plain-text.ts";
import { within } from "./within.ts";

/** CTRF sets no limit. This one leaves room in a job's artifacts, and in a reader's memory. */
const mostBytes = 29_000_000;

/** CTRF has no status for "could not be graded"; `other` is for what is none of passed, failed, skipped and pending. */
const statusName = { pass: "passed", fail: "failed", error: "other", absent: "skipped" } as const;

/**
 * CTRF, the Common Test Report Format, spec version 0.0.0 (github.com/ctrf-io/ctrf, spec/ctrf.md, working draft): JSON, a test
 * for each learner, exercise and expected test; `suite` holds the learner and the exercise.
 */
export function toCtrf(report: GradeReport): string {
  return within(mostBytes, (fieldLimit) => parts(report, fieldLimit));
}

function* parts(report: GradeReport, fieldLimit: number): Generator<string> {
  const start = epoch(report.startedAt);
  const stop = Math.max(start, epoch(report.finishedAt));
  const counts = { passed: 0, failed: 0, skipped: 0, pending: 0, other: 0 };
  let suites = 0;
  let tests = 0;
  yield `{"reportFormat":"CTRF","specVersion":"0.0.0","generatedBy":"tcpip-workshop","results":{"tool":${toolOf(report)},"tests":[`;
  for (const { id, ...submission } of report.submissions) {
    for (const { exercise, result } of graded(report, { id, ...submission })) {
      suites += 1;
      for (const outcome of outcomes(exercise, result)) {
        const suite = [oneLine(id, 200), oneLine(exercise.label, 100)];
        yield `${tests === 0 ? "" : ","}\n${jsonText(testOf(outcome, suite, fieldLimit))}`;
        counts[statusName[outcome.status]] += 1;
        tests += 1;
      }
    }
  }
  yield `\n],"summary":${jsonText({ tests, ...counts, suites, start, stop, duration: stop - start })}}}\n`;
}

function toolOf({ versions, seal }: GradeReport): string {
  const version = versions["workshop"];
  return jsonText({
    name: "tcpip-workshop",
    ...(version === undefined ? {} : { version: oneLine(version, 100) }),
    extra: { "tcpip-workshop.seal": { level: seal.level, reason: oneLine(seal.reason, 300) } },
  });
}

function testOf({ title, status, duration, message, output }: Outcome, suite: string[], fieldLimit: number) {
  return {
    name: oneLine(title, 300),
    status: statusName[status],
    duration,
    suite,
    rawStatus: status,
    ...(message === "" ? {} : { message: plainText(message, fieldLimit) }),
    ...(output === "" ? {} : { stdout: plainText(output, fieldLimit).split("\n") }),
  };
}

/** Milliseconds since 1970, 0 where the text is no date. */
function epoch(time: string): number {
  const milliseconds = Date.parse(time);
  return Number.isNaN(milliseconds) ? 0 : milliseconds;
}
