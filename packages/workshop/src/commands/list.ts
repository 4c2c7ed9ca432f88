import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Exercise } from "@tcpip-workshop/grader";
import type { Command } from "../command.ts";
import { sameFiles } from "../course/answer-context.ts";
import { stubName } from "../course/course.ts";
import { digestOf, readProgress, type Graded } from "../course/progress.ts";

export const list: Command = {
  usage: "list",
  summary: "The exercises in reading order, and how far you are in each",
  options: {},
  async run({ course }, out) {
    const { exercises } = readProgress(course.root);
    for (const label of course.labels) {
      const exercise = course.exercise(label);
      const untouched = sameFiles(exercise, exercise.folder, join(course.root, "mistakes", label, stubName));
      const title =
        /^# (?:\d+ · )?(.+)$/m.exec(readFileSync(join(exercise.folder, "README.md"), "utf8"))?.[1] ?? "";
      const { mark, count } = untouched
        ? { mark: " ", count: "" }
        : stateOf(exercise, exercises.get(label)?.graded);
      out.write(`${mark} ${label.padEnd(18)}${count.padStart(5)}  ${title}\n`);
    }
    out.write(
      "\n✓ all tests pass   … begun: of so many tests so many passed. Grade one with `pnpm test <label>`.\n",
    );
    return 0;
  },
};

/** What was passed counts only for the answer as it was. */
function stateOf(exercise: Exercise, graded: Graded | undefined): { mark: string; count: string } {
  if (graded === undefined) return { mark: "…", count: "" };
  const { passed, total, answer } = graded;
  const isPassed = passed === total && answer === digestOf(exercise);
  return { mark: isPassed ? "✓" : "…", count: `${passed}/${total}` };
}
