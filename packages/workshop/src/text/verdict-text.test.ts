import type { TestVerdict, Verdict } from "@tcpip-workshop/grader";
import { describe, expect, test } from "vitest";
import { verdictText, type VerdictContext } from "./verdict-text.ts";

const context: VerdictContext = {
  name: "exercises/04-framing",
  exercise: "exercises/04-framing",
  files: ["framing.ts"],
  isStub: false,
  tells: [],
  solutions: ["solutions/04-framing/framing.ts"],
};

function testVerdict(title: string, status: "pass" | "fail"): TestVerdict {
  const shown = {
    title,
    status,
    duration: 1,
    why: `Why ${title}.`,
    read: `Read ${title}.`,
    hint: `Hint for ${title}?`,
    output: "",
  };
  const failure = {
    blame: "answer" as const,
    problem: `The problem of ${title}`,
    steps: ["1. decoder.push(00 00)\n   → []"],
    expected: ["[]"],
    received: ["nothing"],
  };
  return status === "pass" ? shown : { ...shown, failure };
}

function verdict(status: Verdict["status"], tests: TestVerdict[], reason?: string): Verdict {
  return {
    exercise: "04-framing",
    status,
    tests,
    processes: 1,
    seed: "1",
    duration: 1,
    ...(reason ? { reason } : {}),
  };
}

test("on a terminal a long title goes on below its beginning; elsewhere it keeps its line", () => {
  const title = "spends as much on many frames in one chunk as on the same frames in many chunks";
  const tests = [testVerdict(title, "fail"), testVerdict(title, "pass")];
  const narrow = verdictText(verdict("fail", tests), context, undefined, 60);
  for (const sign of "✗✓")
    expect(narrow).toContain(
      `  ${sign} spends as much on many frames in one chunk as on the\n    same frames in many chunks\n`,
    );
  for (const line of narrow.split("\n")) expect(line.length).toBeLessThanOrEqual(60);
  expect(verdictText(verdict("fail", tests), context)).toContain(`  ✓ ${title}\n`);
});

test("a failure on the network shows the wire and the kernel's table between the steps and the comparison", () => {
  const failed = testVerdict("first", "fail");
  if (failed.failure) {
    failed.failure.timeline = ["  1.2 ms  #1 → server  5 bytes"];
    failed.failure.sockets = ["State  Recv-Q Send-Q", "CLOSE-WAIT 1 0"];
  }
  const text = verdictText(verdict("fail", [failed]), context);
  expect(text).toMatch(
    /What we did to your code\n[^]*On the wire\n {6}1\.2 ms[^]*The sockets of your process[^]*CLOSE-WAIT[^]*Expected/,
  );
});

describe("a failed verdict", () => {
  const failed = verdict("fail", [
    testVerdict("first", "pass"),
    testVerdict("second", "fail"),
    testVerdict("third", "fail"),
  ]);
  const text = verdictText(failed, context);

  test("shows the first failure in full and the others as one line each", () => {
    expect(text).toContain("The problem of second");
    expect(text).not.toContain("The problem of third");
    expect(text).toMatch(/ {2}✓ first\n {2}✗ second\n {2}✗ third\n$/);
  });

  test("has its five parts in order: what we did, what we expected, what came, why, where to read", () => {
    const parts = [
      "What we did",
      "decoder.push",
      "Expected",
      "Received",
      "Why second",
      "Read second",
      "Hint for second",
    ];
    const places = parts.map((part) => text.indexOf(part));
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(places).not.toContain(-1);
  });

  test("says what it looks like, where a known mistake fails the same tests", () => {
    expect(verdictText(failed, { ...context, tells: ["one data event is not one message"] })).toMatch(
      /Perhaps +one data event is not one message/,
    );
  });

  test("says one of these, where several known mistakes do", () => {
    const long = `second: ${"word ".repeat(20).trim()}`;
    const text = verdictText(failed, { ...context, tells: ["first: this", long] });
    expect(text).toMatch(
      /\n {2}Perhaps {3}one of these:\n {12}- first: this\n {12}- second: word [^\n]*\n {14}word/,
    );
    expect(Math.max(...text.split("\n").map(({ length }) => length))).toBeLessThanOrEqual(80);
  });

  test("shows what the answer printed", () => {
    const printed = verdict("fail", [{ ...testVerdict("first", "fail"), output: "hello from push\n" }]);
    expect(verdictText(printed, context)).toContain("Your code printed\n    hello from push\n");
  });

  test("stays within 80 columns", () => {
    const long = verdict("fail", [{ ...testVerdict("first", "fail"), why: "word ".repeat(60).trim() }]);
    for (const line of verdictText(long, context).split("\n")) expect(line.length).toBeLessThanOrEqual(80);
  });
});

test("the untouched stub hears that red is where everyone starts, and which file to open", () => {
  const text = verdictText(verdict("fail", [testVerdict("first", "fail")]), { ...context, isStub: true });
  expect(text).toContain("everyone starts here");
  expect(text).toContain("exercises/04-framing/README.md");
});

test("an error says why, and claims nothing of the answer", () => {
  const text = verdictText(verdict("error", [], "The suite broke: no such thing"), context);
  expect(text).toBe("! exercises/04-framing: could not be graded\n\n  The suite broke: no such thing\n\n");
});

test("a pass points to the solution, for the exercise only", () => {
  const passed = verdict("pass", [testVerdict("first", "pass")]);
  expect(verdictText(passed, context)).toContain("solutions/04-framing/framing.ts");
  expect(verdictText(passed, { ...context, name: "solutions/04-framing" })).not.toContain("Compare with");
});

test("the untouched stub's text names every file that the learner writes", () => {
  const capstone = {
    ...context,
    exercise: "exercises/16-capstone",
    files: ["client.ts", "gateway.ts"],
    isStub: true,
  };
  const text = verdictText(verdict("fail", [testVerdict("first", "fail")]), capstone);
  expect(text.replaceAll(/\s+/g, " ")).toContain(
    "write your answer in exercises/16-capstone/client.ts and exercises/16-capstone/gateway.ts where they say TODO",
  );
});
