import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Verdict } from "@tcpip-workshop/grader";
import { Seed, spawnEarly } from "@tcpip-workshop/grader/early";
import type { Command, ExitCode, Out } from "../command.ts";
import type { Course } from "../course/course.ts";
import { findTarget, type Target } from "../course/target.ts";
import { UserError } from "../course/user-error.ts";

export const test: Command = {
  usage: "test [label…] [--json] [--inspect] [--seed N]",
  summary: "Grade the answers of these exercises; without a label, prove the whole project",
  options: {
    json: { type: "boolean", default: false, description: "the verdicts as data, and nothing else" },
    inspect: {
      type: "boolean",
      default: false,
      description: "stops your code for a debugger and says where to attach it; no deadline counts",
    },
    seed: {
      type: "string",
      value: "N",
      description: "the random data of an earlier run, which named this seed",
    },
  },
  async run({ positionals, values, course }, out) {
    if (positionals.length === 0) return proveAll(course);
    const targets = positionals.map((typed) => findTarget(course, typed));
    const seed = readSeed(values["seed"]);
    const inspect = values["inspect"] === true;
    endWithSignals();
    if (inspect) process.stderr.write(attach);
    startFirst(course, targets[0], inspect);
    const [
      { Grader },
      { answerContext },
      { keep },
      { verdictText },
      { paintFor },
      { StatusLine, duration },
      { columnsOn },
      { onward },
    ] = await Promise.all([
      import("@tcpip-workshop/grader"),
      import("../course/answer-context.ts"),
      import("../course/keep.ts"),
      import("../text/verdict-text.ts"),
      import("../text/paint.ts"),
      import("../text/status-line.ts"),
      import("../text/layout.ts"),
      import("../course/onward.ts"),
    ]);
    const verdicts: Verdict[] = [];
    await using grader = new Grader(course.root);
    for (const target of targets) {
      let [done, total] = [0, course.exercise(target.label).hints.length];
      const onTest = (end: { done: number; total: number }): void =>
        void ([done, total] = [end.done, end.total]);
      const status = new StatusLine(
        values["json"] === true ? nowhere : out,
        (spent) => `Grading ${target.name}: ${done} of ${total} tests, ${duration(spent)}`,
      );
      const options = { inspect, onTest, ...seed };
      const verdict = await grader.grade(course.exercise(target.label), target.folder, options);
      status[Symbol.dispose]();
      verdicts.push(verdict);
      const context = answerContext(course, target, verdict);
      const kept = keep(course, target, verdict, context);
      if (values["json"] !== true)
        out.write(
          verdictText(verdict, context, paintFor(out), columnsOn(out)) +
            again(target, verdict, context.isStub) +
            kept,
        );
      if (values["json"] !== true) out.write(onward(course, target, verdict));
    }
    if (values["json"] === true) out.write(`${JSON.stringify(verdicts, null, 2)}\n`);
    return exitCode(verdicts);
  },
};

/** Whoever reads JSON reads nothing else. */
const nowhere: Out = { write: () => {} };

const attach =
  "Your code stops before its first line until a debugger has attached: your editor's, or chrome://inspect in\n" +
  "Chrome or Edge. Node says below where it listens. No deadline counts.\n";

/** An answer in a loop, or held by a debugger, does not see that we are gone: our own end, whatever it is, must end it. */
function endWithSignals(): void {
  // As it is now: while a suite runs, the test runner has a trap in its place.
  const exit = process.exit.bind(process);
  for (const [signal, code] of [
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ] as const) {
    process.once(signal, () => exit(code));
  }
}

/** What failed by one roll of the dice need not fail by the next. */
function again({ label, name }: Target, { status, seed }: Verdict, isStub: boolean): string {
  const typed = name.startsWith("exercises/") ? label.slice(0, 2) : name;
  return status === "fail" && !isStub
    ? `\n  The same random data again:\n    pnpm test ${typed} --seed ${seed}\n`
    : "";
}

/** The first answer's process starts before the grader is loaded: the two take about as long. */
function startFirst(course: Course, target: Target | undefined, inspect: boolean): void {
  if (target === undefined) return;
  const { files, scratch } = course.exercise(target.label);
  const path = join(target.folder, files[0] ?? "");
  if (files.length > 0 && !scratch && existsSync(path)) spawnEarly(path, { inspect });
}

function exitCode(verdicts: Verdict[]): ExitCode {
  if (verdicts.some(({ status }) => status === "error")) return 2;
  return verdicts.every(({ status }) => status === "pass") ? 0 : 1;
}

function readSeed(typed: string | boolean | undefined): { seed?: string } {
  if (typeof typed !== "string") return {};
  try {
    return { seed: Seed.parse(typed).digits };
  } catch (error) {
    throw error instanceof RangeError ? new UserError(error.message) : error;
  }
}

/** The packages' tests, the cheats and every exercise's gates, through turbo, which skips what has not changed. */
function proveAll(course: Course): Promise<ExitCode> {
  const turbo = spawn(
    "turbo",
    ["run", "unit", "cheats:some", ...course.labels.map((label) => `prove:${label}`)],
    {
      cwd: course.root,
      stdio: "inherit",
    },
  );
  return new Promise((resolve) => {
    turbo.once("error", (error) => {
      process.stderr.write(
        `turbo did not start (${error.message}): run this through pnpm, as \`pnpm test\`\n`,
      );
      resolve(2);
    });
    turbo.once("close", (code) => resolve(code === 0 ? 0 : 1));
  });
}
