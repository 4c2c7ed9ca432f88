import type { Command } from "../command.ts";
import { hasPassed } from "../course/progress-state.ts";
import { readProgress } from "../course/progress.ts";
import { currentLabel, followedTrack, nextLabel, turnTo } from "../course/start-current.ts";
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
    const label = nextLabel(course, progress);
    const where = track === undefined ? "the course" : `the track "${track.name}"`;
    if (label === undefined) {
      const current = currentLabel(course, progress);
      out.write(
        hasPassed(progress.exercises.get(current))
          ? paragraph(`That was the last of ${where}: every exercise has passed.`) +
              paragraph("What your answers have proven: pnpm workshop checklist") +
              paragraph("One of them again, days later: pnpm workshop review")
          : paragraph(`${current} is the last of ${where} that is left.`),
      );
      return 0;
    }
    turnTo(course, label);
    out.write(`${paintFor(out)("bold", `Next in ${where}: ${label}, ${exerciseTitle(course, label)}`)}\n\n`);
    out.write(`  Read   exercises/${label}/README.md\n`);
    for (const [index, file] of filesToWrite(course, label).entries())
      out.write(`  ${index === 0 ? "Write" : "and  "}  ${file}\n`);
    out.write(`  Grade  pnpm test ${label.slice(0, 2)}\n`);
    return 0;
  },
};
