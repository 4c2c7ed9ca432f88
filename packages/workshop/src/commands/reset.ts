import { basename } from "node:path";
import type { Command } from "../command.ts";
import { entryOf, noteProgress, readProgress } from "../course/progress.ts";
import { typedOrCurrent } from "../course/start-current.ts";
import { paragraph } from "../course/start-paragraph.ts";
import { attempts, bringBack, startOver } from "../course/start-over.ts";
import { UserError } from "../course/user-error.ts";

export const reset: Command = {
  usage: "reset [label] [--back] [name]",
  summary: "Put the untouched stub back; your answer is kept",
  options: {
    back: {
      type: "boolean",
      default: false,
      description: "bring the answer back that was put aside last, or the one of this name",
    },
  },
  async run({ positionals, values, course }, out) {
    const { typed, name } = read(positionals, values["back"] === true);
    const label = typedOrCurrent(course, typed);
    const number = label.slice(0, 2);
    if (values["back"] === true) {
      const back = bringBack(course, label, { name });
      if (back === undefined) {
        out.write(`No other answer of yours is kept for ${label}: nothing was done.\n`);
        return 0;
      }
      // With the old answer on the table it is no review.
      const note =
        readProgress(course.root).exercises.get(label)?.reviewingSince === undefined
          ? undefined
          : noteProgress(course.root, (progress) => void delete entryOf(progress, label).reviewingSince);
      if (note !== undefined) out.write(`${paragraph(note)}\n`);
      out.write(paragraph(`exercises/${label} is again as it was kept in ${back.from}`));
      if (back.kept !== undefined) out.write(`What stood there is kept in ${back.kept}\n`);
      const others = attempts(course, label).filter((path) => path !== back.from && path !== back.kept);
      const newest = others.at(-1);
      if (newest !== undefined)
        out.write(
          `${others.length} more in attempts/${label}, for example: pnpm workshop reset ${number} --back ${basename(newest)}\n`,
        );
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

/** `04`, `04 2026-11-23T060000Z`, the moment alone, or the folder as it was told: `attempts/04-framing/2026-11-23T060000Z`. */
function read(
  positionals: string[],
  isBack: boolean,
): { typed: string | undefined; name: string | undefined } {
  const [first, second] = positionals;
  const last = (second ?? first)?.replace(/\/+$/, "");
  const [, label, name] = /^(?:(?:.*\/)?attempts\/([^/]+)\/)?(\d{4}-\d\d-\d\dT[^/]*)$/.exec(last ?? "") ?? [];
  if (name === undefined && second === undefined) return { typed: first, name };
  if (!isBack)
    throw new UserError(`Expected --back in front of the name of a kept answer, got "${last}" alone`);
  return second === undefined ? { typed: label, name } : { typed: first, name: name ?? second };
}
