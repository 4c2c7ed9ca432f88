import type { Command } from "../command.ts";
import { askedSolution, giveUpOption } from "./give-up.ts";
import { paintFor } from "../text/paint.ts";

export const solution: Command = {
  usage: "solution [label] [--give-up]",
  summary: "Show the solution, once you have passed",
  options: { "give-up": giveUpOption },
  async run(call, out) {
    const { label, files } = askedSolution(call, out, "solution");
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
