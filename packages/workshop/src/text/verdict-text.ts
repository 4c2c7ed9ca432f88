import type { Failure, TestVerdict, Verdict } from "@tcpip-workshop/grader";
import { hanging, labelled, spaced, width, wrap, wrapFurtherIn } from "./layout.ts";
import { plain, type Paint } from "./paint.ts";

/** What the text needs to know beyond the verdict. */
export interface VerdictContext {
  /** `exercises/04-framing` */
  name: string;
  /** `exercises/04-framing`, whichever shelf the answer is from. */
  exercise: string;
  /** The files the learner edits: `framing.ts`. */
  files: string[];
  /** The answer is the untouched stub. */
  isStub: boolean;
  /** What the known mistakes that show the very same are told: `its-name: …`. It is one of them, if there are several. */
  tells: string[];
  /** Where the answer to a passed exercise is compared: the solution's paths. */
  solutions: string[];
  /** The grading goes on: so many tests are over, and the verdict holds the first that failed. */
  soFar?: { done: number; total: number };
}

const indent = 2;
const gutter = 10;

/**
 * A verdict as a person reads it: the first failure in full, the rest one line each.
 *
 * @param terminal its columns; without one the tests' titles keep their lines, however long
 */
export function verdictText(
  verdict: Verdict,
  context: VerdictContext,
  paint: Paint = plain,
  terminal?: number,
): string {
  const columns = terminal ?? width;
  const room = terminal ?? Number.POSITIVE_INFINITY;
  const lines = [headline(verdict, context, paint), ""];
  if (verdict.status === "error")
    lines.push(...wrap(verdict.reason ?? "", columns - indent).map(indented), "");
  const first = verdict.tests.find(({ status }) => status === "fail");
  if (verdict.status === "fail" && context.isStub) lines.push(...welcome(context, columns), "");
  if (first?.failure?.isLoading === true)
    return `${[...lines, ...loadingText(first.failure, columns)].join("\n")}\n`;
  if (first !== undefined) lines.push(...failureText(first, context, paint, columns, room), "");
  if (context.soFar === undefined) lines.push(...verdict.tests.flatMap((test) => inShort(test, paint, room)));
  if (verdict.status === "pass") lines.push("", ...passed(context, columns));
  return `${lines.join("\n")}\n`;
}

function headline(verdict: Verdict, { name, soFar }: VerdictContext, paint: Paint): string {
  if (soFar !== undefined)
    return paint("red", `✗ ${name}: 1 test fails so far, ${soFar.done} of ${soFar.total} done`);
  const passing = verdict.tests.filter(({ status }) => status === "pass").length;
  if (verdict.status === "error") return paint("yellow", `! ${name}: could not be graded`);
  if (verdict.status === "pass") return paint("green", `✓ ${name}: all ${passing} tests pass`);
  return paint("red", `✗ ${name}: ${passing} of ${verdict.tests.length} tests pass`);
}

/** A file that could not be loaded has failed no test in particular. */
function loadingText({ problem, at }: Failure, columns: number): string[] {
  return wrap(at === undefined ? problem : `${problem}, at ${at}`, columns - indent).map(indented);
}

/** The first red a learner ever sees says that red is where everyone starts. */
function welcome({ exercise, files }: VerdictContext, columns: number): string[] {
  const paths = files.map((file) => `${exercise}/${file}`).join(" and ");
  const says = files.length === 1 ? "it says" : "they say";
  const text =
    `This is the untouched stub, so red is right: everyone starts here. Read ${exercise}/README.md, then write ` +
    `your answer in ${paths} where ${says} TODO, and run this again. One test at a time, from the top:`;
  return wrap(text, columns - indent).map(indented);
}

/** What is said of a failed test, in reading order. A part without lines has nothing to say. */
export type FailureParts = { [part in (typeof partNames)[number]]: string[] };

const partNames = [
  "problem",
  "steps",
  "texts",
  "timeline",
  "sockets",
  "compared",
  "why",
  "read",
  "perhaps",
  "hint",
  "output",
] as const;

/** The parts of a failure, wrapped to `columns`; what was done on the wire and in memory keeps its lines. */
export function failureParts(
  { failure, hint, output, why, read }: TestVerdict,
  { exercise, tells }: VerdictContext,
  columns = width,
): FailureParts {
  const part = (label: string, text: string | string[]): string[] =>
    text.length === 0 ? [] : labelled(label, text, indent, gutter, columns);
  const { at, problem = "", steps = [], texts = [], timeline, sockets, expected, received } = failure ?? {};
  const room = columns - indent - gutter;
  // hints.md has line breaks of its own, for its own width.
  const hints = hint === "" ? [] : [...wrap(hint.replaceAll("\n", " "), room), `More: ${exercise}/hints.md`];
  const compared = (lines: string[] = []): string[] => lines.flatMap((line) => wrapFurtherIn(line, room));
  return {
    problem: wrap(at === undefined ? problem : `${problem}, at ${at}`, columns - indent).map(indented),
    steps: steps.length === 0 ? [] : [indented("What we did to your code"), ...steps.flatMap(stepLines)],
    texts: spaced(texts.map(({ title, lines }) => block(title, lines))),
    timeline: block("On the wire", timeline),
    sockets: block("The sockets of your process, as the kernel shows them", sockets),
    compared: [...part("Expected", compared(expected)), ...part("Received", compared(received))],
    why: part("Why", why),
    read: part("Read", read),
    perhaps: perhaps(tells, columns),
    hint: part("Hint", hints),
    output:
      output.trim() === "" || isToldBy(problem, output)
        ? []
        : block("Your code printed", output.trimEnd().split("\n")),
  };
}

/** What it looks like: one known mistake, or one of a few. */
function perhaps(tells: string[], columns: number): string[] {
  const room = columns - indent - gutter;
  const [only] = tells;
  if (only === undefined) return [];
  if (tells.length === 1) return labelled("Perhaps", only, indent, gutter, columns);
  const listed = tells.flatMap((tell) =>
    wrap(tell, room - 2).map((line, row) => `${row === 0 ? "-" : " "} ${line}`),
  );
  return labelled("Perhaps", ["one of these:", ...listed], indent, gutter, columns);
}

/** The title of a test that failed, in bold. */
export function failedTitle(title: string, paint: Paint, columns: number): string[] {
  return wrap(`✗ ${title}`, columns - indent - 2).map((line, row) =>
    indented(`${row === 0 ? "" : "  "}${paint("bold", line)}`),
  );
}

function failureText(
  test: TestVerdict,
  context: VerdictContext,
  paint: Paint,
  columns: number,
  room: number,
): string[] {
  if (test.failure === undefined) return [];
  const { problem, steps, texts, timeline, sockets, compared, why, read, perhaps, hint, output } =
    failureParts(test, context, columns);
  const parts = [
    problem,
    steps,
    texts,
    timeline,
    sockets,
    compared,
    [...why, ...read, ...perhaps, ...hint],
    output,
  ];
  return spaced([failedTitle(test.title, paint, room), ...parts]);
}

/** A death is told with what the process printed last. */
function isToldBy(problem: string, output: string): boolean {
  const [, said] = problem.split("The last it printed:\n");
  return said?.endsWith(output.trimEnd().split("\n").at(-1) ?? "") === true;
}

function block(title: string, lines: string[] | undefined): string[] {
  return lines === undefined ? [] : [indented(title), ...lines.map((line) => `    ${line}`)];
}

function stepLines(step: string): string[] {
  return step.split("\n").map((line) => `    ${line}`);
}

function inShort({ status, title }: TestVerdict, paint: Paint, columns: number): string[] {
  const sign = status === "pass" ? paint("green", "✓") : paint("red", "✗");
  return hanging(indented(`${sign} `), title, columns);
}

function passed({ name, solutions }: VerdictContext, columns: number): string[] {
  if (!name.startsWith("exercises/")) return [];
  return wrap(
    `Well done. Compare with ${solutions.join(" and ")}: the first comment names the package that does this in production.`,
    columns - indent,
  ).map(indented);
}

function indented(line: string): string {
  return `${" ".repeat(indent)}${line}`;
}
