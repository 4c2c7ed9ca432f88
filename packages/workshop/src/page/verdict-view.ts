import type { TestVerdict, Verdict } from "@tcpip-workshop/grader";
import type { VerdictContext } from "../text/verdict-text.ts";
import { readTimeline, readWire } from "./read-timeline.ts";
import { socketTable } from "./socket-table.ts";
import type { VerdictView } from "./static/page-data.ts";
import { wireViews } from "./wire-view.ts";

type FailureView = NonNullable<VerdictView["first"]>;

/** A verdict as the page shows it: what the terminal's text says, in the same order. */
export function verdictView(verdict: Verdict, context: VerdictContext): VerdictView {
  const first = verdict.tests.find(({ status }) => status === "fail");
  return {
    status: verdict.status,
    headline: headline(verdict, context),
    intro: intro(verdict, context),
    first: verdict.status === "fail" && first !== undefined ? failureView(first, context) : null,
    // A file that could not be loaded has failed no test in particular.
    tests:
      first?.failure?.isLoading === true || context.soFar !== undefined ? [] : verdict.tests.map(testView),
  };
}

function headline({ status, tests }: Verdict, { soFar }: VerdictContext): string {
  if (soFar !== undefined) return `1 test fails so far, ${soFar.done} of ${soFar.total} done`;
  const passing = tests.filter((test) => test.status === "pass").length;
  if (status === "error") return "Could not be graded";
  if (status === "pass") return `All ${passing} tests pass`;
  return `${passing} of ${tests.length} tests pass`;
}

function intro({ status, reason }: Verdict, context: VerdictContext): string[] {
  const { exercise, files, isStub, solutions } = context;
  if (status === "error") return [reason ?? "", "Nothing can be said of your answer yet."];
  if (status === "pass") {
    const where = solutions.map((path) => `\`${path}\``).join(" and ");
    return [
      `Well done. Compare with ${where}: the first comment names the package that does this in production.`,
    ];
  }
  if (!isStub) return [];
  const paths = files.map((file) => `\`${exercise}/${file}\``).join(" and ");
  const says = files.length === 1 ? "it says" : "they say";
  return [
    `This is the untouched stub, so red is right: everyone starts here. Read the lesson, then write your answer in ` +
      `${paths} where ${says} TODO, and save. One test at a time, from the top.`,
  ];
}

function failureView(test: TestVerdict, { tells }: VerdictContext): FailureView | null {
  const { failure } = test;
  if (failure === undefined) return null;
  const problem = failure.at === undefined ? failure.problem : `${failure.problem}, at ${failure.at}`;
  const isLoading = failure.isLoading === true;
  const timeline = failure.timeline ?? [];
  const wire = wireViews(test.wire ? readWire(test.wire) : readTimeline(timeline));
  // What cannot be drawn, such as the words of tcpdump, is read.
  const undrawn = wire.length === 0 && timeline.length > 0 ? [{ title: "On the wire", lines: timeline }] : [];
  return {
    title: isLoading ? "Your file could not be loaded" : test.title,
    problem,
    steps: failure.steps,
    texts: [...(failure.texts ?? []), ...undrawn],
    wire,
    sockets: socketTable(failure.sockets ?? []),
    expected: failure.expected ?? [],
    received: failure.received ?? [],
    why: isLoading ? "" : test.why,
    read: isLoading ? "" : test.read,
    perhaps: isLoading ? [] : tells,
    hint: isLoading ? "" : test.hint,
    output: test.output.trimEnd(),
  };
}

function testView({ title, status, duration, failure, wire }: TestVerdict): VerdictView["tests"][number] {
  return {
    title,
    status,
    duration,
    wire: wireViews(wire ? readWire(wire) : readTimeline(failure?.timeline ?? [])),
  };
}
