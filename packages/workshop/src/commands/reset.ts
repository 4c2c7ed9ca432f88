import type { Command } from "../command.ts";
import { entryOf, updateProgress } from "../course/progress.ts";
import { typedOrCurrent } from "../course/start-current.ts";
import { paragraph } from "../course/start-paragraph.ts";
import { bringBack, startOver } from "../course/start-over.ts";

export const reset: Command = {
  usage: "reset [label] [--back]",
  summary: "Put the untouched stub back; your answer is kept",
  options: { back: { type: "boolean", default: false, description: "bring the last kept answer back" } },
  async run({ positionals: [typed], values, course }, out) {
    const label = typedOrCurrent(course, typed);
    const number = label.slice(0, 2);
    if (values["back"] === true) {
      const back = bringBack(course, label);
      if (back === undefined) {
        out.write(`No other answer of yours is kept for ${label}: nothing was done.\n`);
        return 0;
      }
      // With the old answer on the table it is no review.
      updateProgress(course.root, (progress) => void delete entryOf(progress, label).reviewingSince);
      out.write(paragraph(`exercises/${label} is again as it was kept in ${back.from}`));
      if (back.kept !== undefined) out.write(`What stood there is kept in ${back.kept}\n`);
      return 0;
    }
    const done = startOver(course, label);
    if (done === undefined) {
      out.write(`exercises/${label} is the untouched stub already: nothing was done.\n`);
      return 0;
    }
    out.write(`exercises/${label} is the untouched stub again.\n`);
    if (done.kept !== undefined)
      out.write(
        `Your answer is kept in ${done.kept}\nTo have it back: pnpm workshop reset ${number} --back\n`,
      );
    return 0;
  },
};
