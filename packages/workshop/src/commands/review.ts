import { basename } from "node:path";
import type { Command } from "../command.ts";
import { entryOf, moment, readProgress, updateProgress } from "../course/progress.ts";
import { pickReview, reviews } from "../course/review.ts";
import { exerciseTitle } from "../course/start-exercise.ts";
import { paragraph } from "../course/start-paragraph.ts";
import { startOver } from "../course/start-over.ts";
import { UserError } from "../course/user-error.ts";

export const review: Command = {
  usage: "review [--days N]",
  summary: "Do one of the exercises you have passed again, from the stub; your answer is kept",
  options: {
    days: { type: "string", default: "3", value: "N", description: "its last pass is so long ago" },
  },
  async run({ values, course }, out) {
    const days = readDays(values["days"]);
    const progress = readProgress(course.root);
    const all = reviews(course, progress, days);
    const picked = pickReview(all);
    if (picked === undefined) {
      const [first] = all;
      const open = course.labels.find((label) => progress.exercises.get(label)?.reviewingSince !== undefined);
      if (open !== undefined) out.write(`${open} is under review, and has not passed again yet.\n`);
      out.write(
        first === undefined
          ? "Nothing else has passed yet, so nothing is to be reviewed.\n"
          : paragraph(
              `Nothing is due yet. The next: ${first.label}, from ${day(first.dueAt)} on (${days} days after its last pass).`,
            ),
      );
      return 0;
    }
    const { label } = picked;
    // First, for without it nothing would know of a review.
    updateProgress(course.root, (progress) => {
      entryOf(progress, label).reviewingSince = moment();
      progress.current = label;
    });
    const kept = startOver(course, label)?.kept;
    out.write(`Once more, from the stub: ${label}, ${exerciseTitle(course, label)}\n`);
    if (kept !== undefined) out.write(paragraph(`Your answer is kept in ${kept}. Don't look.`));
    out.write(`\n  Grade  pnpm test ${label.slice(0, 2)}\n`);
    out.write(
      `  Leave  pnpm workshop reset ${label.slice(0, 2)} --back${kept === undefined ? "" : ` ${basename(kept)}`}\n`,
    );
    return 0;
  },
};

function readDays(typed: string | boolean | undefined): number {
  const days = Number(typed);
  if (typeof typed === "string" && /^\d+$/.test(typed) && days <= 3650) return days;
  throw new UserError(`Expected --days with a whole number from 0 to 3650, got "${String(typed)}"`);
}

/** `2026-11-26 06:00`, in UTC like all of progress.txt. */
function day(milliseconds: number): string {
  return `${moment(milliseconds).slice(0, 16).replace("T", " ")} UTC`;
}
