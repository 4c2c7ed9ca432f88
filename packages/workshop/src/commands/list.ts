import type { Command } from "../command.ts";
import type { Course } from "../course/course.ts";
import { answerState, hasPassed, type AnswerState } from "../course/progress-state.ts";
import { openedHints, readProgress, type Entry } from "../course/progress.ts";
import { currentLabel, followedTrack } from "../course/start-current.ts";
import { exerciseTitle } from "../course/start-exercise.ts";
import { width } from "../text/layout.ts";
import { paintFor, type Paint } from "../text/paint.ts";

export const list: Command = {
  usage: "list [--all]",
  summary: "List the exercises of your track or the course, and how far you are in each",
  options: {
    all: { type: "boolean", default: false, description: "the whole course, whatever track you follow" },
  },
  async run({ values, course }, out) {
    const paint = paintFor(out);
    const progress = readProgress(course.root);
    const track = values["all"] === true ? undefined : followedTrack(course, progress);
    const labels = track?.labels ?? course.labels;
    const current = currentLabel(course, progress);
    const passed = labels.filter((label) => hasPassed(progress.exercises.get(label))).length;
    const name = track === undefined ? "" : `Track ${track.name}: `;
    out.write(`${name}${bar(passed, labels.length)}  ${passed} of ${labels.length} passed\n\n`);
    out.write(`${paint("dim", row("", "exercise", "answer", "tests", "min", "hints", ""))}\n`);
    for (const label of labels)
      out.write(`${line(course, label, progress.exercises.get(label), label === current, paint)}\n`);
    out.write("\n✓ has passed   > where you are   `pnpm workshop next` goes on\n");
    if (track !== undefined) out.write(`All ${course.labels.length} exercises: pnpm workshop list --all\n`);
    return 0;
  },
};

/** `[########............]` */
function bar(done: number, of: number): string {
  const cells = 20;
  const full = of === 0 ? 0 : Math.floor((done / of) * cells);
  return `[${"#".repeat(full)}${".".repeat(cells - full)}]`;
}

function line(
  course: Course,
  label: string,
  entry: Entry | undefined,
  isCurrent: boolean,
  paint: Paint,
): string {
  const { graded, minutes = 0 } = entry ?? {};
  const state = answerState(course, label, entry);
  const opened = entry === undefined ? 0 : openedHints(entry);
  const text = row(
    `${isCurrent ? ">" : " "}${hasPassed(entry) ? "✓" : " "}`,
    label,
    stateText(state, entry),
    graded === undefined || state === "untouched" ? "" : `${graded.passed}/${graded.total}`,
    minutes < 0.5 ? "" : minutes.toFixed(0),
    opened === 0 ? "" : String(opened),
    // What stands behind a colon is for the lesson.
    exerciseTitle(course, label).replace(/:.*/, ""),
  );
  return isCurrent ? paint("bold", text) : text;
}

function stateText(state: AnswerState, entry: Entry | undefined): string {
  if (entry?.reviewingSince !== undefined) return "in review";
  return entry?.gaveUpAt !== undefined && !hasPassed(entry) ? "given up" : says[state];
}

const says: { [state in AnswerState]: string } = {
  untouched: "-",
  begun: "begun",
  red: "red",
  passed: "passes",
  changed: "changed",
};

/** `>✓ 04-framing         red        7/15   12      3  Framing` */
function row(
  mark: string,
  label: string,
  state: string,
  tests: string,
  minutes: string,
  hints: string,
  title: string,
): string {
  const text = `${mark.padEnd(2)} ${label.padEnd(19)}${state.padEnd(10)}${tests.padStart(5)}${minutes.padStart(5)}${hints.padStart(7)}`;
  const room = width - text.length - 2;
  // Only what fits: a title is a reminder here.
  const short = title.length > room ? `${title.slice(0, room - 1)}…` : title;
  return `${text}  ${short}`.trimEnd();
}
