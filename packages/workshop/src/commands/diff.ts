import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { structuredPatch } from "diff";
import type { Command } from "../command.ts";
import type { SolutionFile } from "../course/start-solution.ts";
import { askedSolution, giveUpOption } from "./give-up.ts";
import { paintFor, type Paint } from "../text/paint.ts";

/** Lines around a change. */
const context = 3;

export const diff: Command = {
  usage: "diff [label] [--give-up]",
  summary: "Compare your answer with the solution, once you have passed",
  options: { "give-up": giveUpOption },
  async run(call, out) {
    const { label, files } = askedSolution(call, out, "diff");
    const paint = paintFor(out);
    let same = true;
    for (const file of files) {
      const text = difference(call.course.root, `exercises/${label}/${file.file}`, file, paint);
      same &&= text === "";
      out.write(text);
    }
    out.write(same ? `Your ${label} is the solution, line by line.\n` : "\n- yours   + the solution's\n");
    return 0;
  },
};

function difference(root: string, path: string, solution: SolutionFile, paint: Paint): string {
  const file = join(root, path);
  // A line's end is no difference: an editor on Windows may have put others there.
  const yours = existsSync(file) ? readFileSync(file, "utf8").replaceAll("\r\n", "\n") : "";
  const { hunks } = structuredPatch(path, solution.path, yours, solution.text, "", "", { context });
  if (hunks.length === 0) return "";
  const lines: string[] = [];
  for (const hunk of hunks) {
    const { oldStart, oldLines, newStart, newLines } = hunk;
    lines.push(paint("dim", `@@ -${oldStart},${oldLines} +${newStart},${newLines} @@`));
    for (const line of hunk.lines) lines.push(painted(line, paint));
  }
  return `${[paint("bold", `--- ${path}`), paint("bold", `+++ ${solution.path}`), ...lines].join("\n")}\n`;
}

function painted(line: string, paint: Paint): string {
  if (line.startsWith("-")) return paint("red", line);
  return line.startsWith("+") ? paint("green", line) : line;
}
