import type { Command } from "../command.ts";
import { progressReport, type ProgressReport, type ReportedExercise } from "../course/progress-report.ts";
import { width, wrap } from "../text/layout.ts";
import { paintFor, type Paint } from "../text/paint.ts";

export const progress: Command = {
  usage: "progress [--json]",
  summary: "Tell what progress.txt knows: passes, minutes, hints, what was given up or reviewed",
  options: {
    json: {
      type: "boolean",
      default: false,
      description: "as data, see packages/workshop/src/course/progress-report.ts",
    },
  },
  async run({ values, course }, out) {
    const report = progressReport(course);
    if (values["json"] === true) out.write(`${JSON.stringify(report, null, 2)}\n`);
    else out.write(progressText(report, paintFor(out)));
    return 0;
  },
};

function progressText({ exercises, tracks, total }: ProgressReport, paint: Paint): string {
  // Of one that was opened and no more there is nothing to tell.
  const seen = exercises.filter((exercise) => facts(exercise).length > 0);
  const text = [
    paint("bold", `${total.passed} of ${total.exercises} exercises passed, in ${minutesText(total.minutes)}`),
    `${count(total.hints, "hint")} opened, ${total.givenUp} given up, ${total.reviewed} passed again in a review`,
    "",
  ];
  for (const exercise of seen) {
    text.push(`${exercise.passedAt === null ? " " : paint("green", "✓")} ${exercise.label}`);
    text.push(...wrap(facts(exercise).join(", "), width - 4).map((part) => `    ${part}`));
  }
  if (seen.length === 0) text.push("Nothing yet. Begin with: pnpm workshop");
  if (tracks.length > 0) text.push("");
  for (const { name, passed, of, minutes, followed } of tracks)
    text.push(
      `Track ${name}: ${passed} of ${of} passed, ${minutesText(minutes)}${followed ? ", the one you follow" : ""}`,
    );
  return `${[...text, "", "All of this is in progress.txt."].join("\n")}\n`;
}

function facts({
  graded,
  passedAt,
  minutes,
  hints,
  gaveUpAt,
  reviewingSince,
  reviewedAt,
}: ReportedExercise): string[] {
  const opened = hints.reduce((sum, { levels }) => sum + levels, 0);
  return [
    ...(passedAt === null ? [] : [`passed ${day(passedAt)}`]),
    ...(graded === null ? [] : [`${graded.passed} of ${graded.total} tests ${day(graded.at)}`]),
    ...(minutes < 0.5 ? [] : [minutesText(minutes)]),
    ...(opened === 0 ? [] : [count(opened, "hint")]),
    ...(gaveUpAt === null ? [] : [`given up ${day(gaveUpAt)}`]),
    ...(reviewingSince === null ? [] : [`in review since ${day(reviewingSince)}`]),
    ...(reviewedAt === null ? [] : [`reviewed ${day(reviewedAt)}`]),
  ];
}

function day(moment: string): string {
  return moment.slice(0, 10);
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

/** `42 min`, `3 h 05 min` */
function minutesText(minutes: number): string {
  const whole = Math.round(minutes);
  if (whole < 60) return `${whole} min`;
  return `${Math.floor(whole / 60)} h ${String(whole % 60).padStart(2, "0")} min`;
}
