import type { Call, CommandOption, Out } from "../command.ts";
import { solutionFor, type SolutionFile } from "../course/start-solution.ts";
import { typedOrCurrent } from "../course/start-current.ts";
import { paragraph } from "../course/start-paragraph.ts";

/** Of the commands that show the solution. */
export const giveUpOption: CommandOption = {
  type: "boolean",
  default: false,
  description: "show it before that; it is noted",
};

/**
 * The solution of the exercise that was typed, or of the current one, for those who have passed or have said `--give-up`.
 *
 * @param command what the person typed, and would type again
 * @throws {UserError} for the others
 */
export function askedSolution(
  { positionals: [typed], values, course }: Call,
  out: Out,
  command: string,
): { label: string; files: SolutionFile[] } {
  const label = typedOrCurrent(course, typed);
  const say = (note: string): unknown => out.write(`${paragraph(note)}\n`);
  return { label, files: solutionFor(course, label, { giveUp: values["give-up"] === true, command, say }) };
}
