import type { Command } from "../command.ts";
import { solutionFor } from "../course/start-solution.ts";
import { typedOrCurrent } from "../course/start-current.ts";
import { paragraph } from "../course/start-paragraph.ts";
import { paintFor } from "../text/paint.ts";

export const solution: Command = {
  usage: "solution [label] [--give-up]",
  summary: "Show the solution, once you have passed",
  options: {
    "give-up": { type: "boolean", default: false, description: "show it before that; it is noted" },
  },
  async run({ positionals: [typed], values, course }, out) {
    const label = typedOrCurrent(course, typed);
    const files = solutionFor(course, label, {
      giveUp: values["give-up"] === true,
      command: "solution",
      say: (note) => out.write(`${paragraph(note)}\n`),
    });
    const paint = paintFor(out);
    for (const { path, text } of files) out.write(`${paint("bold", path)}\n\n${text.trimEnd()}\n\n`);
    const packages = [...new Set(files.flatMap((file) => file.packages))];
    out.write(`The file${files.length === 1 ? "" : "s"}: ${files.map(({ path }) => path).join(", ")}\n`);
    if (packages.length > 0)
      out.write(`As in production:\n${packages.map((path) => `  ${path}\n`).join("")}`);
    out.write(`Beside yours: pnpm workshop diff ${label.slice(0, 2)}\n`);
    return 0;
  },
};
