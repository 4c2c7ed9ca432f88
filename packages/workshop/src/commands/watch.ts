import type { Command, ExitCode, Out } from "../command.ts";
import { readProgress } from "../course/progress.ts";
import { turnTo, typedOrCurrent } from "../course/start-current.ts";
import { paragraph } from "../course/start-paragraph.ts";
import { UserError } from "../course/user-error.ts";
import { paintFor } from "../text/paint.ts";
import { EndingSignals } from "../watch/ending-signals.ts";
import { greeting } from "../watch/greeting.ts";
import { LivePage } from "../watch/live-page.ts";
import { Terminal } from "../watch/terminal.ts";

export const watch: Command = {
  usage: "watch [label] [--append] [--no-keys]",
  summary: "Grade your answer whenever you save it; `pnpm workshop` alone does this too",
  options: {
    append: {
      type: "boolean",
      default: false,
      description: "clears nothing: each verdict stands below the one before (for screen readers)",
    },
    "no-keys": {
      type: "boolean",
      default: false,
      description: "hears no keys, so that it needs no terminal; Ctrl-C or SIGTERM ends it",
    },
  },
  async run({ positionals: [typed], values, course }, out) {
    const label = typedOrCurrent(course, typed);
    const hasKeys = values["no-keys"] !== true;
    if (hasKeys && !process.stdin.isTTY) throw new UserError(withoutTerminal(label));
    const note = turnTo(course, label);
    const paint = paintFor(out);
    using signals = new EndingSignals();
    using terminal = new Terminal(process.stdin, out, { clears: values["append"] !== true });
    terminal.print(greeting(course, readProgress(course.root), label, paint, terminal.columns));
    if (note !== undefined) terminal.print(["", ...paragraph(note).trimEnd().split("\n")]);
    const [{ LiveGrading }, { Session }, { Inputs }, { run }] = await Promise.all([
      import("../live/live-grading.ts"),
      import("../watch/session.ts"),
      import("../watch/inputs.ts"),
      import("../workshop.ts"),
    ]);
    await using live = LiveGrading.start(course, label);
    await using page = new LivePage(course, live);
    using session = new Session({
      course,
      live,
      terminal,
      paint,
      hasKeys,
      run: (argv: string[], to: Out): Promise<ExitCode> => run(argv, to, course),
      openPage: () => page.open(),
    });
    using _inputs = new Inputs(session, hasKeys);
    if (hasKeys) terminal.enterRaw();
    await Promise.race([session.ended, signals.came]);
    return 0;
  },
};

function withoutTerminal(label: string): string {
  const number = label.slice(0, 2);
  return (
    `Expected a terminal to hear keys from. You are at ${label}: grade it once with \`pnpm test ${number}\`,\n` +
    `or have it graded at each save, without keys, with \`pnpm workshop watch ${number} --no-keys\`.`
  );
}
