import type { TestVerdict, Verdict } from "@tcpip-workshop/grader";
import { describe, expect, test } from "vitest";
import { plain } from "../text/paint.ts";
import type { VerdictContext } from "../text/verdict-text.ts";
import { columnsOf } from "./fit.ts";
import { cutOff, failureScreen } from "./failure-screen.ts";

const context: VerdictContext = {
  name: "exercises/04-framing",
  exercise: "exercises/04-framing",
  files: ["framing.ts"],
  isStub: false,
  tells: ["One chunk is taken for one frame. ".repeat(12).trim()],
  solutions: ["solutions/04-framing/framing.ts"],
};

const failing: TestVerdict = {
  title: "returns both frames",
  status: "fail",
  duration: 1,
  why: "Under load one read brings several messages. ".repeat(3).trim(),
  read: "lesson",
  hint: "What is left?",
  output: "",
  failure: {
    blame: "answer",
    problem: "Both were due",
    steps: Array.from({ length: 30 }, (_, index) => `${index + 1}. decoder.push(${index})\n   → []`),
    timeline: Array.from({ length: 30 }, (_, index) => `${index} ms  server → client  ${index} bytes`),
    expected: ["[0] 68 69"],
    received: ["nothing"],
  },
};

const verdict: Verdict = {
  exercise: "04-framing",
  status: "fail",
  tests: [failing, { ...failing, title: "another" }],
  processes: 1,
  seed: "1",
  duration: 1,
};

describe.each([
  [80, 23],
  [80, 16],
  [60, 23],
  [40, 19],
  [132, 50],
])("on %i columns and %i rows", (columns, rows) => {
  const { lines, isWhole } = failureScreen(verdict, context, plain, { columns: Math.min(columns, 80), rows });

  test("a long failure fits", () => {
    expect(lines.length).toBeLessThanOrEqual(rows);
    for (const line of lines) expect(columnsOf(line)).toBeLessThanOrEqual(columns);
  });

  test("the headline is first, and the last line says that there is more", () => {
    expect(lines.slice(0, 2).join(" ")).toMatch(/^✗ exercises\/04-framing: 0 of 2 tests pass/);
    expect(lines.slice(-3).join(" ").replaceAll(/ +/g, " ")).toMatch(/1 more fails\. Not all is shown: f/);
    expect(isWhole).toBe(false);
  });

  test("what was expected and what came are there", () => {
    expect(lines.join("\n")).toMatch(/Expected +\[0\] 68 69\n +Received +nothing/);
  });
});

test("of many steps the last are shown, from a step's beginning, below a sign that others came before", () => {
  const { lines } = failureScreen(verdict, context, plain, { columns: 80, rows: 23 });
  expect(lines.join("\n")).toMatch(
    /What we did to your code\n +…\n +2\d\. decoder[^]* {4}30\. decoder\.push\(29\)\n +→ \[\]/,
  );
});

test("a failure that has room is shown whole, as `pnpm test` shows it", () => {
  const { lines, isWhole } = failureScreen(verdict, context, plain, { columns: 80, rows: 200 });
  expect(isWhole).toBe(true);
  expect(lines.join("\n")).toContain("30. decoder.push(29)");
});

test("what is cut off is counted", () => {
  expect(cutOff(["a", "b", "c", "d"], 3)).toEqual({
    lines: ["a", "b", "  … 2 lines more: f"],
    isWhole: false,
  });
  expect(cutOff(["a", "b", "c"], 3)).toEqual({ lines: ["a", "b", "c"], isWhole: true });
});
