import { writeSync } from "node:fs";
import { openCourse } from "../course/course.ts";
import { gradeWith } from "../commands/grade.ts";
import { FakeJudge } from "./small-class.ts";
import { runCommand } from "./run-command.ts";

/**
 * `grade …` on the course in the folder that is named first, by a judge that grades so many answers as is said then, tells so, and
 * grades no more of them for ever.
 */
const [root, count, ...args] = process.argv.slice(2);
const judge = new FakeJudge();
judge.wait = async () => {
  if (judge.asked.length <= Number(count)) return;
  writeSync(1, `graded ${count}, staged in ${judge.folders[0]}\n`);
  await new Promise((resolve) => setTimeout(resolve, 2 ** 31 - 1));
};
const { code, text } = await runCommand(
  gradeWith(async () => judge),
  openCourse(root),
  ...args,
);
writeSync(1, text);
process.exit(code);
