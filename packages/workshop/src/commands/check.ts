import { availableParallelism } from "node:os";
import type { Call, Command, ExitCode } from "../command.ts";
import { recognition, recognitionTable } from "../course/signatures-report.ts";
import { findTarget } from "../course/target.ts";
import { UserError } from "../course/user-error.ts";
import { checkExercise, type GateResult } from "../gates/check-exercise.ts";
import { Gradings } from "../gates/gradings.ts";
import { startLoad } from "../gates/load.ts";
import { duration, StatusLine } from "../text/status-line.ts";

export const check: Command = {
  usage: "check [label…] [--repeat N] [--jobs N] [--load] [--sealed] [--record] [--pristine] [--signatures]",
  summary:
    "Prove exercises: the gates solution, stub, mistakes and texts (and steady, with --repeat), that all is left clean, and the layout",
  options: {
    repeat: { type: "string", default: "1", value: "N", description: "each answer is graded so many times" },
    jobs: {
      type: "string",
      default: String(6 * availableParallelism()),
      value: "N",
      description: "so many answers at once",
    },
    load: { type: "boolean", default: false, description: "every core is kept busy meanwhile" },
    sealed: {
      type: "boolean",
      default: false,
      description: "each answer in a cell, as `grade` does it: all must come out as in the open",
    },
    record: {
      type: "boolean",
      default: false,
      description: "writes the failure texts anew, but none of an answer that is not as it must be",
    },
    // In the course's own CI: a stub that differs from the kept one is then no learner's work but an oversight.
    pristine: {
      type: "boolean",
      default: false,
      description: "asks only for untouched stubs and the layout",
    },
    signatures: {
      type: "boolean",
      default: false,
      description: "grades nothing: how well the known mistakes are told apart",
    },
  },
  async run({ positionals, values, course }, out) {
    const labels =
      positionals.length === 0 ? course.labels : positionals.map((typed) => findTarget(course, typed).label);
    if (values["signatures"] === true) {
      out.write(recognitionTable(labels.map((label) => recognition(course, label))));
      return 0;
    }
    const repeat = wholeNumber("repeat", values, 1000);
    const jobs = wholeNumber("jobs", values, 64);
    let code: ExitCode = 0;
    using _load = values["load"] === true ? startLoad() : undefined;
    using gradings = new Gradings(jobs);
    const options = {
      repeat,
      record: values["record"] === true,
      pristine: values["pristine"] === true,
      sealed: values["sealed"] === true,
    };
    // All at once: the last answers of one exercise wait for what never comes while the next one's begin.
    const started = performance.now();
    const checks = labels.map(async (label) => {
      const results = await checkExercise(course, label, gradings, options);
      return { label, results, spent: performance.now() - started };
    });
    for (const checked of checks) checked.catch(() => {});
    const whatFor = labels.length === 1 ? `${labels[0]}` : `${labels.length} exercises`;
    using status = new StatusLine(
      out,
      (spent) =>
        `Proving ${whatFor}: ${gradings.done} of ${gradings.total} answers graded, ${gradings.running} under way, ${duration(spent)}`,
      { everyInLogs: 20_000 },
    );
    for (const checked of checks) {
      const { label, results, spent } = await checked;
      status.clear();
      out.write(`${line(label, results, spent)}\n`);
      for (const { gate, broken, forgiven = [] } of results) {
        for (const reason of broken) out.write(`    ${gate}: ${indented(reason)}\n`);
        for (const reason of forgiven)
          out.write(`    ${gate}, not when graded again, so no failure: ${indented(reason)}\n`);
      }
      if (results.some(({ broken }) => broken.length > 0)) code = 1;
    }
    return code;
  },
};

function indented(reason: string): string {
  return reason.replaceAll("\n", "\n    ");
}

function wholeNumber(name: string, values: Call["values"], most: number): number {
  const value = Number(values[name]);
  if (Number.isInteger(value) && value >= 1 && value <= most) return value;
  throw new UserError(
    `Expected --${name} with a whole number from 1 to ${most}, got "${String(values[name])}"`,
  );
}

/** `04-framing        ✓ solution  ✓ stub  ✓ mistakes (12)  ✓ texts  ✓ clean  ✓ layout   2.1 s` */
function line(label: string, results: GateResult[], milliseconds: number): string {
  const gates = results.map(
    ({ gate, broken, note }) => `${broken.length === 0 ? "✓" : "✗"} ${gate}${note ? ` (${note})` : ""}`,
  );
  return `${label.padEnd(18)}${gates.join("  ")}  ${(milliseconds / 1000).toFixed(1)} s`;
}
