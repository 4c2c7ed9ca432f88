import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "../command.ts";
import { sameFiles } from "../course/answer-context.ts";
import { stubName } from "../course/course.ts";

export const list: Command = {
  usage: "list",
  summary: "The exercises in reading order, and which of them you have begun",
  options: {},
  async run({ course }, out) {
    for (const label of course.labels) {
      const exercise = course.exercise(label);
      const untouched = sameFiles(exercise, exercise.folder, join(course.root, "mistakes", label, stubName));
      const title =
        /^# (?:\d+ · )?(.+)$/m.exec(readFileSync(join(exercise.folder, "README.md"), "utf8"))?.[1] ?? "";
      out.write(`${untouched ? "  " : "… "}${label.padEnd(18)}${title}\n`);
    }
    out.write("\n… begun. Grade one with `pnpm test <label>`.\n");
    return 0;
  },
};
