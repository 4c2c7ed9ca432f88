import type { Command } from "../command.ts";
import type { Course } from "../course/course.ts";
import { answerState, hasPassed } from "../course/progress-state.ts";
import { readProgress, type Progress } from "../course/progress.ts";
import { currentLabel, followedTrack, isAhead, nextLabel, orderOf, turnTo } from "../course/start-current.ts";
import { exerciseTitle, filesToWrite } from "../course/start-exercise.ts";
import { paragraph } from "../course/start-paragraph.ts";
import { paintFor } from "../text/paint.ts";

export const next: Command = {
  usage: "next",
  summary: "Go on to the next exercise, in your track or the course, that has not passed",
  options: {},
  async run({ course }, out) {
    const progress = readProgress(course.root);
    const track = followedTrack(course, progress);
    const current = currentLabel(course, progress);
    const label = isAhead(course, progress, current) ? current : nextLabel(course, progress);
    const where = track === undefined ? "the course" : `the track "${track.name}"`;
    if (label === undefined) {
      out.write(
        hasPassed(progress.exercises.get(current))
          ? paragraph(`That was the last of ${where}: every exercise has passed.`) +
              paragraph("What your answers have proven: pnpm workshop checklist") +
              paragraph("One of them again, days later: pnpm workshop review")
          : paragraph(`${current} is the last of ${where} that is left.`),
      );
      return 0;
    }
    const note = turnTo(course, label);
    if (note !== undefined) out.write(`${paragraph(note)}\n`);
    out.write(`${paintFor(out)("bold", `Next in ${where}: ${label}, ${exerciseTitle(course, label)}`)}\n\n`);
    out.write(`  Read   exercises/${label}/README.md\n`);
    for (const [index, file] of filesToWrite(course, label).entries())
      out.write(`  ${index === 0 ? "Write" : "and  "}  ${file}\n`);
    out.write(`  Grade  pnpm test ${label.slice(0, 2)}\n`);
    if (isLeftOpen(course, progress, current) && current !== label)
      out.write(`\n${paragraph(`${current} has not passed: it comes again behind the last.`)}`);
    return 0;
  },
};

/** Begun, and one of those that `next` comes back to. */
function isLeftOpen(course: Course, progress: Progress, label: string): boolean {
  const entry = progress.exercises.get(label);
  if (hasPassed(entry) || !orderOf(course, progress).includes(label)) return false;
  return answerState(course, label, entry) !== "untouched";
}
