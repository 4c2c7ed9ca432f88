import type { TestVerdict } from "@tcpip-workshop/grader";
import type { ExitCode, Out } from "../command.ts";
import type { Course } from "../course/course.ts";
import { maySeeSolution } from "../course/progress-state.ts";
import { readProgress } from "../course/progress.ts";
import { currentLabel } from "../course/start-current.ts";
import type { Live } from "../live/live-event.ts";
import { keyHelp, type Key } from "./keys.ts";

/** What a key can do to the session it is typed in. */
export interface Stage {
  readonly course: Course;
  readonly live: Live;
  /** Runs a command as its line would, and shows what it prints. */
  command(...argv: string[]): Promise<ExitCode>;
  show(lines: string[]): void;
  clear(): void;
  /** What was shown last stays above the next verdict. */
  stay(): void;
  /** Asks, and does it if the next key is `y`. */
  ask(question: string, onYes: () => Promise<void>): void;
  /** Shows the first verdict on another exercise below what is there. */
  arrive(label: string): void;
  showMore(): void;
  openPage(): Promise<void>;
}

/** What the keys do that do something to the exercise; the others belong to the session. */
export const actions: {
  [key in Exclude<Key, "quit" | "suspend" | "redraw">]: (stage: Stage) => Promise<void> | void;
} = {
  enter: (stage) => (isPassed(stage) ? goOn(stage) : stage.live.grade()),
  next: async (stage) => {
    if (isPassed(stage)) await goOn(stage);
    else stage.ask(`${stage.live.label} has not passed. Go on to the next all the same?`, () => goOn(stage));
  },
  run: ({ live }) => live.grade(),
  hint: openHint,
  list: async (stage) => void (await stage.command("list")),
  diff: (stage) =>
    afterPass(stage, "diff", "Not passed yet. See the differences from ours, and have that noted?"),
  reset: (stage) => {
    const { label } = stage.live;
    stage.ask(`Put the untouched file of ${label} back? Yours is kept.`, async () => {
      stage.clear();
      await stage.command("reset", label);
      // Where the old answer is kept is still to be read when the stub has been graded.
      stage.stay();
    });
  },
  solution: (stage) => afterPass(stage, "solution", "Not passed yet. See the solution, and have that noted?"),
  full: (stage) => stage.showMore(),
  keys: (stage) => stage.show(["", ...keyHelp.map(([key, what]) => `  ${key.padEnd(6)} ${what}`)]),
  open: (stage) => stage.openPage(),
};

function isPassed({ live }: Stage): boolean {
  return live.last?.verdict.status === "pass";
}

/** The next for the test whose failure is on the screen, which ends with the first level. */
async function openHint(stage: Stage): Promise<void> {
  const { course, live } = stage;
  const { status, tests = [] } = live.last?.verdict ?? {};
  const first = tests.find((test) => test.status === "fail");
  if (status === "error")
    return stage.show(["", "Your answer could not be graded, and that comes first. f says why"]);
  const { isLoading, at, problem } = first?.failure ?? {};
  if (isLoading === true)
    return stage.show(["", `Your file could not be loaded, and that comes first: ${at ?? problem}`]);
  await stage.command(
    "hint",
    live.label,
    ...(first === undefined ? [] : levelFor(course, live.label, first)),
  );
}

function levelFor(course: Course, label: string, { title, hint }: TestVerdict): string[] {
  const { hints } = course.exercise(label);
  const index = hints.findIndex((hints) => hints.title === title);
  const opened = readProgress(course.root).exercises.get(label)?.hints.get(title) ?? 0;
  const level = Math.max(opened, hint === "" ? 0 : 1) + 1;
  const isThere = level <= (hints[index]?.levels.length ?? 0);
  return ["--test", String(index + 1), ...(isThere ? ["--level", String(level)] : [])];
}

/** What spoils the exercise is shown after a pass, or to whoever says yes to `question`. */
async function afterPass(stage: Stage, command: string, question: string): Promise<void> {
  const { label } = stage.live;
  if (maySeeSolution(readProgress(stage.course.root).exercises.get(label)))
    await stage.command(command, label);
  else stage.ask(question, async () => void (await stage.command(command, label, "--give-up")));
}

async function goOn(stage: Stage): Promise<void> {
  stage.clear();
  await stage.command("next");
  const label = currentLabel(stage.course);
  if (label !== stage.live.label) stage.arrive(label);
}

/** What a command is given to write to: it is shown when the command is over. */
export class Captured implements Out {
  readonly isTTY: boolean;
  readonly columns: number;
  text = "";

  constructor(isTTY: boolean, columns: number) {
    this.isTTY = isTTY;
    this.columns = columns;
  }

  write(text: string): void {
    this.text += text;
  }
}
